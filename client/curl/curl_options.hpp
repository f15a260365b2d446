// The options of curl that tokenctl hands on, what each takes, and why others are refused. A list of what is known to
// be harmless, not of what is known to harm: an option of a later curl is refused until it stands here.
#pragma once
#include <string>
#include <string_view>

namespace tokend::client {

struct CurlOption {
  enum class Takes {
    kNothing,
    kValue,
    kAddress,    // --url
    kHeader,     // a header, or @FILE
    kData,       // data, or @FILE
    kForm,       // name=@FILE, name=<FILE, name@FILE
    kUpload,     // FILE, or what is no file
    kHeadersTo,  // FILE, for the response's headers
  };
  enum class Care {
    kNone,
    kOnce,       // a second run would not do the same: what the first wrote stands in its way
    kElsewhere,  // the connection goes to another place than the address says, or to whoever answers there
  };

  std::string_view name;  // "--data"
  char letter = '\0';
  Takes takes = Takes::kNothing;
  Care care = Care::kNone;
};

// "--data", or "-d". None: it is not handed on.
const CurlOption* find_curl_option(std::string_view word);

// Why it is not, as the end of a sentence that begins with its name.
std::string why_not_handed_on(std::string_view word);

}  // namespace tokend::client
