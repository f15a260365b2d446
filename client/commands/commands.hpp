// The commands of this version, one file each.
#pragma once
#include "client/command.hpp"

namespace tokend::client::commands {

extern const Command kAdd, kSet, kLogin, kToken, kReject, kList, kStatus, kRefresh, kLogout, kRemove, kWatch, kCurl,
    kLock, kUnlock, kCall;

}  // namespace tokend::client::commands
