#include "proto/http_request.hpp"

#include <algorithm>

#include "proto/secret.hpp"

namespace tokend {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_token_character(char c)  // RFC 9110 section 5.6.2
{
  return is_letter_or_digit(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
}
bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_character); }
bool is_value_character(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F); }
bool is_target_character(char c) { return c > 0x20 && c < 0x7F && c != '#'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool same_name(std::string_view a, std::string_view b)
{
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text)
{
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Whether a comma-separated list, as in Connection, names `wanted`.
bool lists(std::string_view list, std::string_view wanted)
{
  while (!list.empty()) {
    const std::string_view item = list.substr(0, list.find(','));
    if (same_name(trimmed(item), wanted)) return true;
    list.remove_prefix(std::min(item.size() + 1, list.size()));
  }
  return false;
}

// Digits only; what cannot fit is more than any limit.
std::optional<std::size_t> content_length(std::string_view text)
{
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size() - 1));
  if (text.size() > 9) return std::size_t(-1);
  std::size_t length = 0;
  for (const char digit : text) length = 10 * length + static_cast<std::size_t>(digit - '0');
  return length;
}

// CR and LF come only together: what a lenient peer takes for a line's end, another must not take for text.
bool has_lone_line_end(std::string_view text)
{
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n' && (at == 0 || text[at - 1] != '\r')) return true;
    if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] != '\n') return true;
  }
  return false;
}

}  // namespace

std::optional<std::string_view> IncomingRequest::field(std::string_view name) const
{
  const auto found = std::ranges::find_if(fields, [&](const IncomingField& one) { return same_name(one.name, name); });
  return found == fields.end() ? std::nullopt : std::optional(found->value);
}

std::size_t IncomingRequest::count(std::string_view name) const
{
  const auto same = [&](const IncomingField& one) { return same_name(one.name, name); };
  return static_cast<std::size_t>(std::ranges::count_if(fields, same));
}

HttpRequestReader::~HttpRequestReader() { clear(); }

void HttpRequestReader::clear()
{
  wipe(head_);
  wipe(body_);
  request_.fields.clear();
}

HttpRequestReader::Progress HttpRequestReader::refuse(int status)
{
  status_ = status;
  stage_ = Stage::kRefused;
  return Progress::kRefused;
}

HttpRequestReader::Progress HttpRequestReader::next(std::string_view& input)
{
  if (stage_ == Stage::kWhole) {
    clear();
    stage_ = Stage::kHead;
  }
  if (stage_ == Stage::kRefused) return Progress::kRefused;
  if (stage_ == Stage::kHead) {
    const Progress progress = read_head(input);
    if (stage_ != Stage::kBody) return progress;
  }
  return read_body(input);
}

HttpRequestReader::Progress HttpRequestReader::read_head(std::string_view& input)
{
  const std::size_t seen = head_.size();
  append_wiping(head_, input.substr(0, limits_.head - seen));
  const std::size_t end = head_.find(kHeadEnd, seen - std::min(seen, kHeadEnd.size() - 1));
  if (end != head_.npos) head_.resize(end + kHeadEnd.size());
  input.remove_prefix(head_.size() - seen);
  if (has_lone_line_end(head_) || head_.starts_with('\r')) return refuse(400);
  if (end == head_.npos) return head_.size() == limits_.head ? refuse(431) : Progress::kNeedMore;
  if (!parse_head()) return Progress::kRefused;
  stage_ = Stage::kBody;
  return Progress::kNeedMore;
}

HttpRequestReader::Progress HttpRequestReader::read_body(std::string_view& input)
{
  const std::string_view part = input.substr(0, body_size_ - body_.size());
  append_wiping(body_, part);
  input.remove_prefix(part.size());
  if (body_.size() < body_size_) return Progress::kNeedMore;
  request_.body = body_;
  stage_ = Stage::kWhole;
  return Progress::kRequest;
}

bool HttpRequestReader::parse_head()
{
  std::string_view head(head_);
  head.remove_suffix(2);  // the empty line
  const auto take_line = [&] {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size() + 2);
    return line;
  };
  if (!parse_request_line(take_line())) return refuse(400), false;
  while (!head.empty()) {
    if (request_.fields.size() == limits_.fields) return refuse(431), false;
    if (!parse_field(take_line())) return refuse(400), false;
  }
  return judge_fields();
}

bool HttpRequestReader::parse_request_line(std::string_view line)
{
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == line.npos || first == last) return false;  // HTTP/0.9 has two parts
  const std::string_view version = line.substr(last + 1);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return false;
  if (!target.starts_with('/') || !std::ranges::all_of(target, is_target_character)) return false;
  persistent_version_ = version == "HTTP/1.1";
  request_.method = line.substr(0, first);
  request_.path = target.substr(0, target.find('?'));
  request_.query = target.substr(std::min(request_.path.size() + 1, target.size()));
  return is_token(request_.method);
}

// RFC 9112 section 5: no white space before the colon, no continued lines.
bool HttpRequestReader::parse_field(std::string_view line)
{
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return false;
  const IncomingField field{line.substr(0, colon), trimmed(line.substr(colon + 1))};
  if (!is_token(field.name) || !std::ranges::all_of(field.value, is_value_character)) return false;
  request_.fields.push_back(field);
  return true;
}

bool HttpRequestReader::judge_fields()
{
  if (request_.count("Transfer-Encoding") != 0) return refuse(501), false;
  if (request_.count("Host") > 1 || (persistent_version_ && request_.count("Host") == 0)) return refuse(400), false;
  if (request_.count("Content-Length") > 1) return refuse(400), false;
  body_size_ = 0;
  if (const auto text = request_.field("Content-Length")) {
    const std::optional<std::size_t> length = content_length(*text);
    if (!length) return refuse(400), false;
    if (*length > limits_.body) return refuse(413), false;
    body_size_ = *length;
  }
  request_.keep_alive = persistent_version_;
  for (const IncomingField& field : request_.fields)
    if (same_name(field.name, "Connection") && lists(field.value, "close")) request_.keep_alive = false;
  return true;
}

}  // namespace tokend
