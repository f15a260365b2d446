// How every browser page looks: one self-contained document with one inline style sheet, no script, nothing fetched.
// The style sheet is a constant, so its hash can stand in the Content-Security-Policy and nothing else gets styled in.
// Not here: what the pages say (pages), nor the header fields that go with them (adapters/redirect_listener).
#pragma once
#include <string>
#include <string_view>

namespace tokend {

enum class Mood { kDone, kWaiting, kTrouble, kNeutral };

struct PageText {
  Mood mood;
  std::string title;         // plain text: a heading, without its full stop
  std::string line;          // HTML: what happened
  std::string quote = {};    // plain text of the provider; empty: it said nothing
  std::string next = {};     // HTML: what to do now
  std::string command = {};  // plain text: to be typed in a terminal; empty: none
};

std::string page_document(const PageText&);

// The value of the header field that these documents are sent with.
std::string content_security_policy();

}  // namespace tokend
