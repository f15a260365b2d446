// The endpoints of the server, each a function from a request to a response.
#pragma once

#include "tests/provider_double/provider.hpp"

namespace tokend::provider_double {

Response discovery_document(Provider&, const Request&);    // RFC 8414, OpenID Connect Discovery
Response jwks(Provider&, const Request&);                  // RFC 7517
Response authorize(Provider&, const Request&);             // RFC 6749 section 4.1.1, RFC 7636
Response consent(Provider&, const Request&);               // the consent page's form
Response token(Provider&, const Request&);                 // RFC 6749 section 3.2
Response device_authorization(Provider&, const Request&);  // RFC 8628 section 3.1
Response device_page(Provider&, const Request&);           // RFC 8628 section 3.3
Response device_decision(Provider&, const Request&);
Response revoke(Provider&, const Request&);    // RFC 7009
Response resource(Provider&, const Request&);  // RFC 6750
Response userinfo(Provider&, const Request&);

}  // namespace tokend::provider_double
