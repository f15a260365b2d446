// The interface descriptions as text, put in at build time from the .varlink files beside this header: what
// GetInterfaceDescription serves.
#pragma once
#include <string_view>

namespace tokend {

inline constexpr std::string_view kBrokerInterface = "io.tokend.Broker";
inline constexpr std::string_view kServiceInterface = "org.varlink.service";

extern const std::string_view kBrokerInterfaceText;
extern const std::string_view kServiceInterfaceText;

}  // namespace tokend
