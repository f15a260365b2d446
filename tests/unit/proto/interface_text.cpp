#include "proto/interface_text.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include "tests/catch.hpp"

namespace {

std::string file(const std::string& name)
{
  std::ifstream in(std::string(TOKEND_PROTO "/") + name);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("the descriptions that are served are the files, to the byte")
{
  CHECK(tokend::kBrokerInterfaceText == file("io.tokend.Broker.varlink"));
  CHECK(tokend::kServiceInterfaceText == file("org.varlink.service.varlink"));
}
