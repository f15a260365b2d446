// All accounts that the daemon shows, as it wrote them and as read.
#pragma once
#include <string>
#include <vector>

#include "client/broker_client.hpp"

namespace tokend::client {

struct ListedAccount {
  std::string json;  // as the daemon wrote it
  wire::AccountStatus status;
};

Outcome<std::vector<ListedAccount>> list_accounts(BrokerClient&);  // by name
Outcome<ListedAccount> get_account(BrokerClient&, const std::string& name);

std::vector<wire::AccountStatus> statuses_of(std::vector<ListedAccount>);
std::string json_array(const std::vector<ListedAccount>&);

}  // namespace tokend::client
