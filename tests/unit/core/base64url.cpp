#include "daemon/core/base64url.hpp"

#include <cstring>

#include "daemon/core/pkce.hpp"
#include "tests/catch.hpp"

namespace tokend {
namespace {

TEST_CASE("base64url follows the vectors of RFC 4648 without padding")
{
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xFB\xFF", "-_8"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64url_encode(bytes) == text);
    CHECK(base64url_decode(text) == bytes);
  }
  CHECK(base64_encode("\xFB\xFFx") == "+/94");
  CHECK(base64_encode("fo") == "Zm8=");
}

TEST_CASE("base64url that is padded, spaced, cut short or carries stray bits is refused")
{
  for (const auto* text : {"Zg==", "Zm 8", "Zm8\n", "Z", "Zm9vY", "+/8", "Zh", "Zm9", "Zg\xC3"}) {
    CAPTURE(text);
    CHECK_FALSE(base64url_decode(text));
  }
}

TEST_CASE("the S256 challenge is that of RFC 7636 appendix B")
{
  constexpr unsigned char kOctets[32] = {116, 24,  223, 180, 151, 153, 224, 37,  79, 250, 96, 125, 216, 173, 187, 186,
                                         22,  212, 37,  77,  105, 214, 191, 240, 91, 88,  5,  88,  83,  132, 141, 121};
  std::array<std::byte, 32> random;
  std::memcpy(random.data(), kOctets, random.size());
  const Pkce pkce = make_pkce(random);
  CHECK(pkce.verifier.reveal() == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  CHECK(pkce.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  CHECK(s256_challenge(pkce.verifier.reveal()) == pkce.challenge);
}

}  // namespace
}  // namespace tokend
