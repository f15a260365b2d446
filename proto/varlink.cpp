#include "proto/varlink.hpp"

#include <algorithm>

#include "proto/error_codes.hpp"
#include "proto/json_reader.hpp"
#include "proto/json_writer.hpp"
#include "proto/secret.hpp"

namespace tokend::varlink {
namespace {

// One member of the envelope: absent, null, or of its type; and once.
template <class Value> bool read_once(JsonReader& in, bool& seen, Value& out)
{
  if (seen) return false;
  seen = true;
  return in.read_null() || in.read(out);
}

bool read_raw_once(JsonReader& in, bool& seen, std::string_view& out)
{
  if (seen) return false;
  seen = true;
  return in.read_null() || in.read_raw(out);
}

}  // namespace

Framing::~Framing() { wipe(partial_); }

bool Framing::keep(std::string_view bytes)
{
  if (bytes.size() > most_bytes_ - partial_.size()) {
    too_long_ = true;
    return false;
  }
  append_wiping(partial_, bytes);
  return true;
}

std::optional<std::string_view> Framing::next(std::string_view& input)
{
  if (whole_) {
    wipe(partial_);
    whole_ = false;
  }
  if (too_long_) return std::nullopt;
  const std::size_t end = input.find('\0');
  const std::string_view bytes = input.substr(0, end);
  input.remove_prefix(end == input.npos ? input.size() : end + 1);
  if (end != input.npos && partial_.empty() && bytes.size() <= most_bytes_) return bytes;
  if (!keep(bytes) || end == input.npos) return std::nullopt;
  whole_ = true;
  return partial_;
}

std::optional<Call> read_call(std::string_view message, std::string& scratch)
{
  JsonReader in(message, scratch);
  if (!in.enter_object()) return std::nullopt;
  Call call;
  bool method = false, parameters = false, oneway = false, more = false, upgrade = false;
  for (std::string_view name; in.next_member(name);) {
    const bool good = name == "method"       ? read_once(in, method, call.method)
                      : name == "parameters" ? read_raw_once(in, parameters, call.parameters)
                      : name == "oneway"     ? read_once(in, oneway, call.oneway)
                      : name == "more"       ? read_once(in, more, call.more)
                      : name == "upgrade"    ? read_once(in, upgrade, call.upgrade)
                                             : in.skip();
    if (!good) return std::nullopt;
  }
  if (!in.finish() || call.method.empty()) return std::nullopt;
  return call;
}

std::optional<Reply> read_reply(std::string_view message, std::string& scratch)
{
  JsonReader in(message, scratch);
  if (!in.enter_object()) return std::nullopt;
  Reply reply;
  bool error = false, parameters = false, continues = false;
  for (std::string_view name; in.next_member(name);) {
    const bool good = name == "error"        ? read_once(in, error, reply.error)
                      : name == "parameters" ? read_raw_once(in, parameters, reply.parameters)
                      : name == "continues"  ? read_once(in, continues, reply.continues)
                                             : in.skip();
    if (!good) return std::nullopt;
  }
  if (!in.finish()) return std::nullopt;
  return reply;
}

void open_call(const Call& call, std::string& out)
{
  JsonWriter json(out);
  json.begin_object().member("method", call.method);
  if (call.oneway) json.member("oneway", true);
  if (call.more) json.member("more", true);
  if (call.upgrade) json.member("upgrade", true);
  json.name("parameters");
}

void open_reply(bool continues, std::string& out)
{
  out += continues ? R"({"continues":true,"parameters":)" : R"({"parameters":)";
}

void close_message(std::string& out)
{
  out += '}';
  out += '\0';
}

void write_error_reply(const Error& error, std::string& out)
{
  JsonWriter(out).begin_object().member("error", names_of(error.code).varlink).name("parameters");
  write_error_parameters(error, out);
  close_message(out);
}

std::string_view interface_of(std::string_view method)
{
  const std::size_t dot = method.rfind('.');
  return dot == method.npos ? std::string_view() : method.substr(0, dot);
}

}  // namespace tokend::varlink
