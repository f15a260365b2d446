#include "proto/message_fields.hpp"

namespace tokend::wire {

template <>
inline constexpr auto kFields<UnlockCall> = std::tuple{
    optional("passphrase", &UnlockCall::passphrase),
};
template <>
inline constexpr auto kFields<DaemonStatus> = std::tuple{
    required("version", &DaemonStatus::version),
    required("pid", &DaemonStatus::pid),
    required("startedAt", &DaemonStatus::started_at),
    required("state", &DaemonStatus::state),
    optional("cause", &DaemonStatus::cause),
    optional("reason", &DaemonStatus::reason),
    optional("next", &DaemonStatus::next),
    required("accounts", &DaemonStatus::accounts),
    required("needLogin", &DaemonStatus::need_login),
    required("pendingLogins", &DaemonStatus::pending_logins),
    required("socket", &DaemonStatus::socket),
    optional("stateDir", &DaemonStatus::state_dir),
};
template <>
inline constexpr auto kFields<SubscribeCall> = std::tuple{
    optional("accounts", &SubscribeCall::accounts),
};
template <>
inline constexpr auto kFields<Event> = std::tuple{
    required("event", &Event::event),     required("at", &Event::at),
    optional("account", &Event::account), optional("state", &Event::state),
    optional("cause", &Event::cause),     optional("reason", &Event::reason),
    optional("next", &Event::next),       optional("expiresAt", &Event::expires_at),
};
template <>
inline constexpr auto kFields<ServiceInfo> = std::tuple{
    required("vendor", &ServiceInfo::vendor),         required("product", &ServiceInfo::product),
    required("version", &ServiceInfo::version),       required("url", &ServiceInfo::url),
    required("interfaces", &ServiceInfo::interfaces),
};
template <>
inline constexpr auto kFields<InterfaceDescriptionCall> = std::tuple{
    required("interface", &InterfaceDescriptionCall::interface),
};
template <>
inline constexpr auto kFields<InterfaceDescriptionReply> = std::tuple{
    required("description", &InterfaceDescriptionReply::description),
};

TOKEND_WIRE_MESSAGE(UnlockCall);
TOKEND_WIRE_MESSAGE(DaemonStatus);
TOKEND_WIRE_MESSAGE(SubscribeCall);
TOKEND_WIRE_MESSAGE(Event);
TOKEND_WIRE_MESSAGE(ServiceInfo);
TOKEND_WIRE_MESSAGE(InterfaceDescriptionCall);
TOKEND_WIRE_MESSAGE(InterfaceDescriptionReply);

}  // namespace tokend::wire
