// However the bytes are cut, the same requests come out, or the same refusal.
#include <string>
#include <vector>

#include "proto/http_request.hpp"
#include "tests/fuzz/check.hpp"

using namespace tokend;

namespace {

constexpr HttpRequestReader::Limits kLimits{.head = 256, .fields = 8, .body = 64};  // small, so that they are met

std::string text_of(const IncomingRequest& request)
{
  std::string text;
  for (const auto part : {request.method, request.path, request.query, request.body}) text.append(part) += '\n';
  for (const auto& [name, value] : request.fields) text.append(name).append(":").append(value) += '\n';
  fuzz::check(request.path.starts_with('/') && request.fields.size() <= kLimits.fields);
  fuzz::check(request.body.size() <= kLimits.body);
  return text;
}

std::vector<std::string> requests_of(std::string_view bytes, std::size_t piece)
{
  HttpRequestReader reader(kLimits);
  std::vector<std::string> requests;
  while (!bytes.empty()) {
    std::string_view input = bytes.substr(0, piece);
    bytes.remove_prefix(input.size());
    while (!input.empty()) {
      const auto progress = reader.next(input);
      if (progress == HttpRequestReader::Progress::kRequest) requests.push_back(text_of(reader.request()));
      if (progress == HttpRequestReader::Progress::kNeedMore) fuzz::check(input.empty());
      if (progress != HttpRequestReader::Progress::kRefused) continue;
      requests.push_back(std::to_string(reader.status()));
      return requests;
    }
  }
  return requests;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto whole = requests_of(text, text.size());
  const auto by_byte = requests_of(text, 1);
  fuzz::check(whole == by_byte);
  return 0;
}
