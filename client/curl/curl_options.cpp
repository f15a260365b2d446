#include "client/curl/curl_options.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace tokend::client {
namespace {

using enum CurlOption::Takes;
using enum CurlOption::Care;

constexpr CurlOption kHandedOn[] = {
    // the request
    {"--request", 'X', kValue},
    {"--get", 'G'},
    {"--head", 'I'},
    {"--header", 'H', kHeader},
    {"--user-agent", 'A', kValue},
    {"--referer", 'e', kValue},
    {"--cookie", 'b', kUpload},
    {"--cookie-jar", 'c', kValue},
    {"--range", 'r', kValue},
    {"--time-cond", 'z', kValue},
    {"--etag-compare", '\0', kValue},
    {"--etag-save", '\0', kValue},
    {"--compressed"},
    {"--url", '\0', kAddress},
    {"--url-query", '\0', kForm},
    {"--path-as-is"},
    {"--globoff", 'g'},
    // its body
    {"--data", 'd', kData},
    {"--data-ascii", '\0', kData},
    {"--data-binary", '\0', kData},
    {"--data-raw", '\0', kValue},
    {"--data-urlencode", '\0', kForm},
    {"--json", '\0', kData},
    {"--form", 'F', kForm},
    {"--form-string", '\0', kValue},
    {"--form-escape"},
    {"--upload-file", 'T', kUpload},
    {"--expect100-timeout", '\0', kValue},
    // redirects and repetitions
    {"--location", 'L'},
    {"--max-redirs", '\0', kValue},
    {"--post301"},
    {"--post302"},
    {"--post303"},
    {"--retry", '\0', kValue},
    {"--retry-all-errors"},
    {"--retry-connrefused"},
    {"--retry-delay", '\0', kValue},
    {"--retry-max-time", '\0', kValue},
    // the output
    {"--output", 'o', kValue},
    {"--remote-name", 'O'},
    {"--remote-header-name", 'J', kNothing, kOnce},
    {"--remote-time", 'R'},
    {"--output-dir", '\0', kValue},
    {"--create-dirs"},
    {"--create-file-mode", '\0', kValue},
    {"--no-clobber", '\0', kNothing, kOnce},
    {"--continue-at", 'C', kValue, kOnce},
    {"--remove-on-error"},
    {"--max-filesize", '\0', kValue},
    {"--include", 'i'},
    {"--dump-header", 'D', kHeadersTo},
    {"--write-out", 'w', kData},
    {"--fail", 'f'},
    {"--fail-with-body"},
    {"--silent", 's'},
    {"--show-error", 'S'},
    {"--progress-bar", '#'},
    {"--no-progress-meter"},
    {"--no-buffer", 'N'},
    {"--raw"},
    // time
    {"--max-time", 'm', kValue},
    {"--connect-timeout", '\0', kValue},
    {"--speed-limit", 'Y', kValue},
    {"--speed-time", 'y', kValue},
    {"--limit-rate", '\0', kValue},
    {"--keepalive-time", '\0', kValue},
    {"--no-keepalive"},
    // the connection
    {"--http1.0", '0'},
    {"--http1.1"},
    {"--http2"},
    {"--http2-prior-knowledge"},
    {"--http3"},
    {"--ipv4", '4'},
    {"--ipv6", '6'},
    {"--tcp-nodelay"},
    {"--cacert", '\0', kValue},
    {"--capath", '\0', kValue},
    {"--crlfile", '\0', kValue},
    {"--cert", 'E', kValue},
    {"--cert-type", '\0', kValue},
    {"--key", '\0', kValue},
    {"--key-type", '\0', kValue},
    {"--pinnedpubkey", '\0', kValue},
    {"--ciphers", '\0', kValue},
    {"--tls13-ciphers", '\0', kValue},
    {"--curves", '\0', kValue},
    {"--tls-max", '\0', kValue},
    {"--tlsv1.2"},
    {"--tlsv1.3"},
    // proxies see no token: https goes through them unread, and http, on this machine alone, past them
    {"--proxy", 'x', kValue},
    {"--proxy-user", 'U', kValue},
    {"--proxy-cacert", '\0', kValue},
    {"--proxytunnel", 'p'},
    {"--socks5", '\0', kValue},
    {"--socks5-hostname", '\0', kValue},
    {"--noproxy", '\0', kValue},
    // to another place than the address says
    {"--insecure", 'k', kNothing, kElsewhere},
    {"--resolve", '\0', kValue, kElsewhere},
    {"--connect-to", '\0', kValue, kElsewhere},
    {"--unix-socket", '\0', kValue, kElsewhere},
    {"--abstract-unix-socket", '\0', kValue, kElsewhere},
    {"--doh-url", '\0', kValue, kElsewhere},
};

struct Refused {
  std::string_view name;
  char letter;
  std::string_view why;
};

constexpr std::string_view kOtherSignIn = "is another way to sign in; here the account does";
constexpr std::string_view kShowsToken = "would show the token; --include and --dump-header show what was answered";
constexpr std::string_view kOneAddress = "is for more than one address, and one call has one";

constexpr Refused kRefused[] = {
    {"--location-trusted", '\0', "would hand the token to every host that a redirect names"},
    {"--config", 'K', "could bring any other option along"},
    {"--next", ':', kOneAddress},
    {"--parallel", 'Z', kOneAddress},
    {"--remote-name-all", '\0', kOneAddress},
    {"--user", 'u', kOtherSignIn},
    {"--oauth2-bearer", '\0', kOtherSignIn},
    {"--netrc", 'n', kOtherSignIn},
    {"--netrc-file", '\0', kOtherSignIn},
    {"--netrc-optional", '\0', kOtherSignIn},
    {"--anyauth", '\0', kOtherSignIn},
    {"--basic", '\0', kOtherSignIn},
    {"--digest", '\0', kOtherSignIn},
    {"--negotiate", '\0', kOtherSignIn},
    {"--ntlm", '\0', kOtherSignIn},
    {"--aws-sigv4", '\0', kOtherSignIn},
    {"--verbose", 'v', kShowsToken},
    {"--trace", '\0', kShowsToken},
    {"--trace-ascii", '\0', kShowsToken},
    {"--libcurl", '\0', kShowsToken},
};

template <class All> auto found_in(const All& all, std::string_view word)
{
  const char letter = word.size() == 2 && word[1] != '-' ? word[1] : '\0';
  const auto found =
      std::ranges::find_if(all, [&](const auto& one) { return one.name == word || (letter && one.letter == letter); });
  return found == std::end(all) ? nullptr : &*found;
}

}  // namespace

const CurlOption* find_curl_option(std::string_view word) { return found_in(kHandedOn, word); }

std::string why_not_handed_on(std::string_view word)
{
  const Refused* known = found_in(kRefused, word);
  return std::string(known ? known->why : "is none of curl's options that can be used together with an account");
}

}  // namespace tokend::client
