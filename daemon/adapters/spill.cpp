#include "daemon/adapters/spill.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "daemon/adapters/stored_numbers.hpp"
#include "daemon/broker/record_fields.hpp"
#include "daemon/core/base64url.hpp"
#include "daemon/core/canonical_json.hpp"
#include "proto/file_descriptor.hpp"

namespace tokend {
namespace {

std::string text_of(const AttemptRow& row)
{
  using record::text_of;
  CanonicalJson json;
  json.text("grant", text_of(number(row.grant))).text("attempt", text_of(number(row.id)));
  json.text("from", text_of(number(row.from))).text("kind", text_of(std::int64_t{static_cast<int>(row.kind)}));
  json.text("sends", text_of(std::int64_t{row.sends})).text("status", text_of(std::int64_t{*row.http_status}));
  json.text("wall", text_of(row.wall)).text("boot", text_of(row.boot.time_since_epoch().count()));
  json.text("readings", text_of(std::int64_t{row.parse_tries}));
  json.text("bootId", row.boot_id).text("credentialTag", base64url_encode(row.credential_tag));
  return json.text("sealed", base64url_encode(row.sealed.bytes)).str();
}

std::optional<AttemptRow> read_row(const std::string& text)
{
  const auto document = JsonDocument::parse(text);
  const auto object = document ? document->object() : std::nullopt;
  if (!object) return std::nullopt;
  const auto number_of = [&](std::string_view name) { return record::number_in(*object, name).value_or(0); };
  AttemptRow row{.grant = GrantId{number_of("grant")}, .id = AttemptId{number_of("attempt")}};
  row.from = Generation{number_of("from")};
  row.kind = static_cast<AttemptKind>(number_of("kind"));
  row.sends = stored_count(number_of("sends"));
  row.parse_tries = stored_count(number_of("readings"));
  row.http_status = stored_count(number_of("status"));
  row.wall = stored_wall_time(number_of("wall"));
  row.boot = stored_boot_time(number_of("boot"));
  row.boot_id = object->text("bootId");
  row.credential_tag = base64url_decode(object->text("credentialTag")).value_or("");
  row.sealed.bytes = base64url_decode(object->text("sealed")).value_or("");
  return row;
}

constexpr mode_t kOthersMayNothing = 077, kOthersMayLook = 022;  // bits that must not be set

bool make_ours(const std::filesystem::path& directory, mode_t forbidden = kOthersMayNothing)
{
  ::mkdir(directory.c_str(), 0700);
  struct stat status{};
  const FileDescriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  return opened && ::fstat(opened.get(), &status) == 0 && status.st_uid == ::geteuid() &&
         (status.st_mode & forbidden) == 0;
}

bool write_whole(const std::filesystem::path& path, std::string_view text)
{
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
         ::fsync(file.get()) == 0;
}

bool same_attempt(const AttemptRow& a, const AttemptRow& b)
{
  return a.grant == b.grant && a.id == b.id && a.from == b.from && a.kind == b.kind;
}

std::string hex(std::string_view bytes)
{
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

Spill::Spill(const std::filesystem::path& root, std::string_view database_id) : directory_(root / hex(database_id)) {}

std::filesystem::path Spill::file_of(GrantId grant) const { return *directory_ / fmt::format("{}", number(grant)); }

std::filesystem::path Spill::growing_file_of(GrantId grant) const { return file_of(grant).string() + ".new"; }

void Spill::refused(const Unit& unit)
{
  for (const Change& change : unit.changes)
    if (const auto* row = std::get_if<AttemptRow>(&change); row && row->http_status) keep(*row);
}

void Spill::committed(const Unit& unit)
{
  if (kept_.empty()) return;
  for (const Change& change : unit.changes) {
    if (const auto* row = std::get_if<AttemptRow>(&change); row && row->http_status) drop(row->grant);
    if (const auto* gone = std::get_if<DropAttempt>(&change)) drop(gone->grant);
    if (const auto* gone = std::get_if<DropGrant>(&change)) drop(gone->grant);
  }
}

void Spill::keep(const AttemptRow& row)
{
  if (!directory_) return;
  const std::filesystem::path root = directory_->parent_path();
  if (!make_ours(root.parent_path(), kOthersMayLook) || !make_ours(root) || !make_ours(*directory_)) return;
  const std::filesystem::path growing = growing_file_of(row.grant);
  if (!write_whole(growing, text_of(row)) || ::rename(growing.c_str(), file_of(row.grant).c_str()) != 0)
    ::unlink(growing.c_str());
  else kept_.insert(row.grant);
}

void Spill::drop(GrantId grant)
{
  if (kept_.erase(grant) == 0) return;
  ::unlink(file_of(grant).c_str());
  ::rmdir(directory_->c_str());  // when it was the last
}

std::vector<std::filesystem::path> Spill::files() const
{
  std::error_code nowhere;
  if (!directory_ || !std::filesystem::is_directory(*directory_, nowhere) || !make_ours(*directory_)) return {};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(*directory_, nowhere)) files.push_back(entry.path());
  return files;
}

std::vector<std::string> Spill::add_to(Snapshot& snapshot, const std::vector<GrantId>& unread)
{
  std::vector<std::string> kept;
  for (const std::filesystem::path& path : files()) {
    std::ifstream file(path, std::ios::binary);
    const auto row = read_row({std::istreambuf_iterator<char>(file), {}});
    const auto intent = std::ranges::find_if(snapshot.attempts,
                                             [&](const AttemptRow& noted) { return row && same_attempt(noted, *row); });
    // A kill may have come between the last byte and the name.
    const bool is_named = row && path == file_of(row->grant), is_whole = row && path == growing_file_of(row->grant);
    const bool answers_it = intent != snapshot.attempts.end() && (is_named || is_whole);
    if (answers_it && !intent->http_status) {
      if (is_whole) ::rename(path.c_str(), file_of(row->grant).c_str());
      *intent = *row;
      kept_.insert(row->grant);
    } else if (!row) {
      kept.push_back(path.string());
    } else if (std::ranges::find(unread, row->grant) != unread.end()) {
      kept_.insert(row->grant);  // until its intent or its grant is dropped
      kept.push_back(path.string());
    } else {
      ::unlink(path.c_str());
    }
  }
  return kept;
}

}  // namespace tokend
