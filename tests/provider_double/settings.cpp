#include "tests/provider_double/settings.hpp"

#include <initializer_list>
#include <utility>

namespace tokend::provider_double {
namespace {

template <typename T>
std::optional<T> named(std::string_view word, std::initializer_list<std::pair<std::string_view, T>> names)
{
  for (const auto& [name, value] : names) {
    if (name == word) return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<RedirectMatching> redirect_matching_named(std::string_view word)
{
  return named<RedirectMatching>(word, {{"exact", RedirectMatching::exact}, {"any_port", RedirectMatching::any_port}});
}

std::optional<IssParameter> iss_parameter_named(std::string_view word)
{
  return named<IssParameter>(
      word, {{"sent", IssParameter::sent}, {"omitted", IssParameter::omitted}, {"wrong", IssParameter::wrong}});
}

std::optional<BasicEncoding> basic_encoding_named(std::string_view word)
{
  return named<BasicEncoding>(word, {{"form", BasicEncoding::form}, {"raw", BasicEncoding::raw}});
}

std::optional<Rotation> rotation_named(std::string_view word)
{
  return named<Rotation>(word,
                         {{"never", Rotation::never}, {"leeway", Rotation::leeway}, {"strict", Rotation::strict}});
}

}  // namespace tokend::provider_double
