// application/x-www-form-urlencoded, as request bodies, query strings and some providers' answers are written.
// Encoding is the part of it that nobody misreads: a space is %20, never '+'. Decoding takes both and is strict:
// a '%' without two hexadecimal digits is an error, and so is a NUL.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/secret.hpp"

namespace tokend {

struct FormField {
  std::string name;
  std::string value;
  bool operator==(const FormField&) const = default;
};

inline constexpr std::size_t kMostFormFields = 256;

std::string percent_encode(std::string_view);  // all but ALPHA DIGIT - . _ ~
std::optional<std::string> form_decode(std::string_view);

// In the order written, repeated names included; an empty piece ("a=1&&b=2") is skipped. nullopt: not a form.
std::optional<std::vector<FormField>> parse_form(std::string_view);

// Builds a body that may hold secrets. Empty values are written ("a="); leaving a field out is the caller's choice.
class FormWriter {
 public:
  FormWriter& add(std::string_view name, std::string_view value);
  std::string_view text() const { return text_; }
  Secret take() { return Secret(std::move(text_)); }

 private:
  std::string text_;
};

}  // namespace tokend
