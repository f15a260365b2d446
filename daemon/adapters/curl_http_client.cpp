#include "daemon/adapters/curl_http_client.hpp"

#include <signal.h>

#include <limits>
#include <stdexcept>
#include <utility>

namespace tokend {
namespace {

CURLM* open_multi()
{
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl does not start");
  CURLM* const multi = curl_multi_init();
  if (multi == nullptr) throw std::runtime_error("libcurl gives no multi handle");
  return multi;
}

// Signals are the loop thread's.
void block_signals()
{
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

CurlHttpClient::CurlHttpClient(AsioLoop& loop, std::string ca_file)
    : loop_(loop), ca_file_(std::move(ca_file)), multi_(open_multi(), &curl_multi_cleanup), thread_([this] { work(); })
{
}

CurlHttpClient::~CurlHttpClient()
{
  {
    const std::lock_guard lock(mutex_);
    inbox_.closing = true;
  }
  curl_multi_wakeup(multi_.get());
  thread_.join();
}

void CurlHttpClient::send(HttpId id, HttpRequest request, std::move_only_function<void(HttpOutcome)> answer)
{
  {
    const std::lock_guard lock(mutex_);
    inbox_.jobs.push_back({id, std::move(request), std::move(answer)});
  }
  curl_multi_wakeup(multi_.get());
}

void CurlHttpClient::cancel(HttpId id)
{
  {
    const std::lock_guard lock(mutex_);
    inbox_.cancelled.push_back(id);
  }
  curl_multi_wakeup(multi_.get());
}

void CurlHttpClient::work()
{
  block_signals();
  while (take_inbox()) {
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    finish_done();
    curl_multi_poll(multi_.get(), nullptr, 0, std::numeric_limits<int>::max(), nullptr);
  }
}

bool CurlHttpClient::take_inbox()
{
  Inbox inbox;
  {
    const std::lock_guard lock(mutex_);
    inbox.closing = inbox_.closing;
    inbox.jobs.swap(inbox_.jobs);
    inbox.cancelled.swap(inbox_.cancelled);
  }
  for (CurlTransfer::Job& job : inbox.jobs) start(std::move(job));
  for (const HttpId id : inbox.cancelled) give_up(id);
  if (!inbox.closing) return true;
  finish_done();
  while (!transfers_.empty()) give_up(transfers_.begin()->first);
  return false;
}

void CurlHttpClient::start(CurlTransfer::Job job)
{
  const HttpId id = job.id;
  const auto [place, fresh] = transfers_.try_emplace(id, std::make_unique<CurlTransfer>(std::move(job), ca_file_));
  if (!fresh) throw std::logic_error("an HttpId is used twice at once");
  curl_multi_add_handle(multi_.get(), place->second->handle());
}

void CurlHttpClient::finish_done()
{
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;  // the message dies with the handle's removal
    char* self = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
    CurlTransfer& transfer = *static_cast<CurlTransfer*>(static_cast<void*>(self));
    answer(transfer, transfer.outcome(code));
  }
}

void CurlHttpClient::give_up(HttpId id)
{
  const auto place = transfers_.find(id);
  if (place != transfers_.end()) answer(*place->second, place->second->cancelled());
}

// The transfer dies here, in curl's order: out of the multi handle first.
void CurlHttpClient::answer(CurlTransfer& transfer, HttpOutcome outcome)
{
  curl_multi_remove_handle(multi_.get(), transfer.handle());
  loop_.post_from_any_thread(
      [tell = transfer.take_answer(), result = std::move(outcome)]() mutable { tell(std::move(result)); });
  transfers_.erase(transfer.id());
}

}  // namespace tokend
