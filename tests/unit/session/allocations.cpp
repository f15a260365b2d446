// The serving path allocates nothing: counted, by replacing operator new for this program.
#include <array>
#include <cstdlib>
#include <new>

#include "tests/catch.hpp"
#include "tests/unit/session/support.hpp"

namespace {

std::size_t allocations = 0;

void* counted(std::size_t size) noexcept
{
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}

void* counted_or_throw(std::size_t size)
{
  if (void* memory = counted(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return counted_or_throw(size); }
void* operator new[](std::size_t size) { return counted_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace tokend::test {
namespace {

struct Silent final : SessionHost {
  void wake() override { next = session->on_wake(out); }

  Outbox out;
  Next next = Next::kRead;
  std::unique_ptr<Session> session;
};

// Of `times` requests on a kept connection, each answered from memory.
std::size_t allocations_of(Daemon& daemon, const std::string& request, int times)
{
  Silent host;
  host.session = daemon.open({}, host);
  for (const std::string& warm : {call("GetToken", R"({"account":"robot"})"), request, request}) {
    host.next = host.session->on_bytes(warm, host.out);
    daemon.run();
    REQUIRE(host.next == Next::kRead);
    host.out.clear();
  }
  bool served = true;  // judged later: the test framework allocates
  const std::size_t before = allocations;
  for (int n = 0; n < times; ++n) {
    served = host.session->on_bytes(request, host.out) == Next::kRead && served;
    served = host.out.bytes().contains("AT-canary") && served;
    host.out.clear();
  }
  const std::size_t counted_now = allocations - before;
  CHECK(served);
  return counted_now;
}

TEST_CASE_METHOD(Daemon, "a token that was served before costs no allocation")
{
  CHECK(allocations_of(*this, call("GetToken", R"({"account":"robot"})"), 100) == 0);
}

TEST_CASE_METHOD(Daemon, "pipelined calls, scopes and a minimum lifetime cost none either")
{
  const std::string one = call("GetToken", R"({"account":"robot","minTtl":60,"scopes":["write","read"]})");
  CHECK(allocations_of(*this, one + one + one, 100) == 0);
}

}  // namespace
}  // namespace tokend::test
