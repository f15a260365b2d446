// How messages.hpp's structs become JSON and back: each message has one table of its fields, kFields<Message>, which is
// read in both directions, so the two cannot differ. Included by the messages_*.cpp files, which hold the tables and
// end with TOKEND_WIRE_MESSAGE for each; nobody else needs it.
#pragma once
#include <algorithm>
#include <concepts>
#include <cstdint>
#include <tuple>
#include <type_traits>

#include "proto/json_reader.hpp"
#include "proto/json_writer.hpp"
#include "proto/messages.hpp"

namespace tokend::wire {

template <class Owner, class Value> struct Field {
  std::string_view name;
  Value Owner::* member;
  bool required;
};
template <class Owner, class Value> constexpr Field<Owner, Value> required(std::string_view name, Value Owner::* member)
{
  return {name, member, true};
}
template <class Owner, class Value> constexpr Field<Owner, Value> optional(std::string_view name, Value Owner::* member)
{
  return {name, member, false};
}

template <class Message> inline constexpr std::tuple<> kFields{};
template <class T>
concept Described = std::tuple_size_v<std::remove_cvref_t<decltype(kFields<T>)>> != 0;
template <class T>
concept Named = std::is_enum_v<T>;

// Reading. `subject` gets the path of what failed, innermost name first to be found.
template <Described T> bool decode(JsonReader&, T&, std::string& subject);
template <class T> bool decode(JsonReader&, std::vector<T>&, std::string& subject);
template <class T> bool decode(JsonReader&, std::optional<T>&, std::string& subject);

template <class T>
  requires std::same_as<T, bool> || std::same_as<T, std::int64_t> || std::same_as<T, std::string_view>
bool decode(JsonReader& in, T& out, std::string&)
{
  return in.read(out);
}
template <class T>
  requires std::same_as<T, std::string> || std::same_as<T, Secret>
bool decode(JsonReader& in, T& out, std::string&)
{
  std::string_view text;
  if (!in.read(text)) return false;
  out = T(std::string(text));
  return true;
}
template <Named Enum> bool decode(JsonReader& in, Enum& out, std::string&)
{
  std::string_view name;
  if (!in.read(name)) return false;
  const std::optional<Enum> value = from_name<Enum>(name);
  if (value) out = *value;
  return value.has_value();
}
inline bool decode(JsonReader& in, RawJson& out, std::string&)
{
  std::string_view raw;
  if (!in.read_raw(raw)) return false;
  out.text = raw;
  return true;
}
inline bool decode(JsonReader& in, ScopeViews& out, std::string&)
{
  if (!in.enter_array()) return false;
  while (in.next_element()) {
    std::string_view scope;
    if (!in.read(scope) || !out.push_back(scope)) return false;
  }
  return in.ok();
}
inline bool decode(JsonReader& in, TextMap& out, std::string& subject)
{
  if (!in.enter_object()) return false;
  for (std::string_view name, value; in.next_member(name);) {
    subject = name;
    const auto same = [&](const auto& entry) { return entry.first == name; };
    if (std::find_if(out.begin(), out.end(), same) != out.end() || !in.read(value)) return false;
    out.emplace_back(name, value);
  }
  subject.clear();
  return in.ok();
}
template <class T> bool decode(JsonReader& in, std::vector<T>& out, std::string& subject)
{
  if (!in.enter_array()) return false;
  while (in.next_element())
    if (!decode(in, out.emplace_back(), subject)) return false;
  return in.ok();
}
template <class T> bool decode(JsonReader& in, std::optional<T>& out, std::string& subject)
{
  return decode(in, out.emplace(), subject);
}

struct FieldsSeen {
  std::uint64_t named = 0, given = 0;  // a bit per field; given: named, and not null
};

template <class Message, class Value>
bool decode_field(JsonReader& in, Message& out, const Field<Message, Value>& field, std::uint64_t bit, FieldsSeen& seen,
                  std::string& subject)
{
  const bool again = seen.named & bit;
  seen.named |= bit;
  if (!again && in.read_null()) return true;
  seen.given |= bit;
  if (!again && decode(in, out.*field.member, subject)) return true;
  subject.insert(0, subject.empty() ? "" : ".").insert(0, field.name);
  return false;
}

template <Described Message>
bool decode_member(JsonReader& in, Message& out, std::string_view name, FieldsSeen& seen, std::string& subject)
{
  const auto try_all = [&](const auto&... field) {
    bool known = false, good = true;
    std::uint64_t bit = 1;
    const auto try_one = [&](const auto& one) {
      known = one.name == name;
      if (known) good = decode_field(in, out, one, bit, seen, subject);
      bit <<= 1;
      return known;
    };
    static_cast<void>((try_one(field) || ...));
    return known ? good : in.skip();
  };
  return std::apply(try_all, kFields<Message>);
}

template <Described Message> bool decode(JsonReader& in, Message& out, std::string& subject)
{
  static_assert(std::tuple_size_v<std::remove_cvref_t<decltype(kFields<Message>)>> <= 64);
  if (!in.enter_object()) return false;
  FieldsSeen seen;
  for (std::string_view name; in.next_member(name);)
    if (!decode_member(in, out, name, seen, subject)) return false;
  const auto complete = [&](const auto&... field) {
    std::uint64_t bit = 1;
    const auto missing = [&](const auto& one) {
      const bool lacks = one.required && !(seen.given & bit);
      bit <<= 1;
      if (lacks) subject = one.name;
      return lacks;
    };
    return !(missing(field) || ...);
  };
  return in.ok() && std::apply(complete, kFields<Message>);
}

Error invalid_parameter(std::string subject);

// Everything that `parameters` must be: one object, and nothing behind it.
template <Described Message> Result<Message> decode_parameters(std::string_view parameters, std::string& scratch)
{
  JsonReader in(parameters.empty() ? "{}" : parameters, scratch);
  Result<Message> message;
  std::string subject;
  if (!decode(in, *message, subject) || !in.finish()) message = fail(invalid_parameter(std::move(subject)));
  return message;
}

// Writing.
template <Described T> void encode(JsonWriter&, const T&);
template <class T> void encode(JsonWriter&, const std::vector<T>&);

template <class T>
  requires std::same_as<T, bool> || std::same_as<T, std::int64_t> || std::convertible_to<const T&, std::string_view>
void encode(JsonWriter& out, const T& value)
{
  out.value(value);
}
inline void encode(JsonWriter& out, const Secret& value) { out.value(value.reveal()); }
inline void encode(JsonWriter& out, const RawJson& value) { out.raw(value.text); }
template <Named Enum> void encode(JsonWriter& out, Enum value) { out.value(name_of(value)); }
template <class List> void encode_list(JsonWriter& out, const List& list)
{
  out.begin_array();
  for (const auto& item : list) encode(out, item);
  out.end_array();
}
inline void encode(JsonWriter& out, const ScopeViews& list) { encode_list(out, list); }
template <class T> void encode(JsonWriter& out, const std::vector<T>& list) { encode_list(out, list); }
inline void encode(JsonWriter& out, const TextMap& map)
{
  out.begin_object();
  for (const auto& [name, value] : map) out.member(name, value);
  out.end_object();
}
template <class T> void encode(JsonWriter& out, const std::optional<T>& value) { encode(out, *value); }

template <class T> bool is_absent(const T& value)
{
  if constexpr (requires { value.has_value(); }) return !value.has_value();
  else if constexpr (requires { value.empty(); }) return value.empty();
  else if constexpr (Described<T>) return false;
  else return value == T{};
}

template <Described Message> void encode(JsonWriter& out, const Message& message)
{
  const auto write = [&](const auto& field) {
    const auto& value = message.*field.member;
    if (!field.required && is_absent(value)) return;
    out.name(field.name);
    encode(out, value);
  };
  out.begin_object();
  std::apply([&](const auto&... field) { (write(field), ...); }, kFields<Message>);
  out.end_object();
}

template <class Message> Result<Message> read_message(std::string_view parameters)
{
  std::string scratch;
  Result<Message> message = decode_parameters<Message>(parameters, scratch);
  wipe(scratch);
  return message;
}

template <class Message> void write_message(const Message& message, std::string& out)
{
  JsonWriter writer(out);
  encode(writer, message);
}

}  // namespace tokend::wire

#define TOKEND_WIRE_MESSAGE(Message)                                \
  template Result<Message> read_message<Message>(std::string_view); \
  template void write_message<Message>(const Message&, std::string&)
