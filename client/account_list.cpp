#include "client/account_list.hpp"

#include <algorithm>

#include "proto/json_reader.hpp"
#include "proto/json_writer.hpp"

namespace tokend::client {
namespace {

// The status of a reply, as it stands there; the reply has been read already.
std::string status_json(std::string_view parameters)
{
  std::string scratch;
  JsonReader in(parameters, scratch);
  std::string_view name, raw;
  in.enter_object();
  while (in.next_member(name))
    if (name == "status") in.read_raw(raw);
    else in.skip();
  return std::string(raw);
}

}  // namespace

Outcome<std::vector<ListedAccount>> list_accounts(BrokerClient& client)
{
  if (auto sent = client.send_raw("ListAccounts", "{}", true); !sent) return failed(sent.error());
  std::vector<ListedAccount> accounts;
  for (bool more = true; more;) {
    const auto raw = client.receive(in_seconds(kSilence));
    if (!raw) return failed(raw.error());
    auto reply = BrokerClient::read_as<wire::ListAccountsReply>(*raw);
    if (!reply) return failed(reply.error());
    if (reply->status) accounts.push_back({status_json(raw->parameters), std::move(*reply->status)});
    more = raw->continues;
  }
  std::ranges::sort(accounts, {}, [](const ListedAccount& one) -> const std::string& { return one.status.account; });
  return accounts;
}

Outcome<ListedAccount> get_account(BrokerClient& client, const std::string& name)
{
  std::string parameters;
  wire::write_message(wire::AccountCall{name}, parameters);
  if (auto sent = client.send_raw("GetAccount", parameters, false); !sent) return failed(sent.error());
  const auto raw = client.receive(in_seconds(kSilence));
  if (!raw) return failed(raw.error());
  auto reply = BrokerClient::read_as<wire::GetAccountReply>(*raw);
  if (!reply) return failed(reply.error());
  return ListedAccount{status_json(raw->parameters), std::move(reply->status)};
}

std::vector<wire::AccountStatus> statuses_of(std::vector<ListedAccount> accounts)
{
  std::vector<wire::AccountStatus> statuses;
  for (ListedAccount& one : accounts) statuses.push_back(std::move(one.status));
  return statuses;
}

std::string json_array(const std::vector<ListedAccount>& accounts)
{
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const ListedAccount& one : accounts) json.raw(one.json);
  json.end_array();
  return out;
}

}  // namespace tokend::client
