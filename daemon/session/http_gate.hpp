// Which HTTP requests are turned away before anybody looks at what they ask for. A web page must never reach the
// socket, whatever proxy or forwarded port stands in between: so browsers and foreign host names are refused, and a
// call needs a content type that no form can send.
#pragma once
#include <optional>

#include "daemon/session/http_reply.hpp"
#include "daemon/session/http_target.hpp"
#include "proto/http_request.hpp"

namespace tokend {

std::optional<HttpRefusal> refuse_sender(const IncomingRequest&);              // 403
std::optional<HttpRefusal> refuse_form(const IncomingRequest&, HttpResource);  // 405, 415
HttpRefusal unreadable(int status);                                            // the reader's verdict, in words

bool accepts_sequence(const IncomingRequest&);  // Accept names application/json-seq

}  // namespace tokend
