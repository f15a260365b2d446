// Written by reference.py from a second implementation of the formats. A test that fails against these says that
// records on people's disks would no longer open: never edit them to make it pass.
#pragma once
#include <string_view>

namespace tokend::known_answers {

inline constexpr std::string_view kBinding = "364fef83f7fcb204571da2f57f09c3d54286e88e11e87ff033c592ba79261a99";
inline constexpr std::string_view kTokenKeyHash = "dafec4145621a9ec3ebb14f6786c81cc7d801ca68784fd405c253502b70c4ddc";
inline constexpr std::string_view kDefaultTokenKeyHash =
    "d2097ea5ba9ae6f4484fa960dbc0f82a6ac5a08e4c0785cff0b95d510a97ce18";
inline constexpr std::string_view kRefreshRecord =
    "0101000000808182838485868788898a8b8c8d8e8f9091929394959697ce40e4c8d48a94b1a1cb398f0d1f9309a34360"
    "2faf879e8fd808b3f2911779e1795a1a0a815c240d1c1866ddce718532e86ee497fdf43b55e14cf08403a7b450536e78"
    "b3e0dfdfd1d38fab6f5afca104";
inline constexpr std::string_view kAccessRecord =
    "0101000000808182838485868788898a8b8c8d8e8f9091929394959697dd46e1dfc28ad1e8bacf37844e032289a34360"
    "2faf879e8fd808b3f2911779e1795a1a0a815c240d1c1866ddce718532e86ee497fdf43b55e14cf08403a7b450c0b29b"
    "e2fa477982b42eb049015e9382";
inline constexpr std::string_view kJournalRecord =
    "0101000000808182838485868788898a8b8c8d8e8f9091929394959697d64fe8d0db9396f6bfce38800958c8e3c9290a"
    "45c5edf4e5b262d998fb7d138b13307060eb364e6776720cb7a41bef5882048efd979e513f8b269aee69cdde3aca99fe"
    "9b64f4d09d91c15ed3ea6fd6b886e682e17a3aeb99ed5ffd48281a21b73c3654148e4f7896cf638e569a45b75476fc90"
    "53f9df4fc6c0a828615f8bc5021ccf33e80fa5f9c30cc6eb8f9d2c1a62";
inline constexpr std::string_view kClientSecretRecord =
    "0101000000808182838485868788898a8b8c8d8e8f9091929394959697df49ebdfdf8dd1efb0c7208f171f9309a34360"
    "2faf879e8fd808b3f2911779e1795a1a0a815c240d1c1866ddce718532e86ee497fdf43b55e14cf08403a7b450019834"
    "8fe29a028e2eccfe7daffa0fa9";
inline constexpr std::string_view kDefinitionRecord =
    "0101000000808182838485868788898a8b8c8d8e8f90919293949596973c2582bab1f9fc9cd5a452ea6332a289a34360"
    "2faf879e8fd808b3f2911779e1795a1a0a815c240d1c1866ddce718532e86ee497fdf43b55e14cf08403a7b4501c741a"
    "74fac423c0e4211295bad448d6";
inline constexpr std::string_view kHead = "0fec29891dfbbc51095c05d561769f4be904fd9591805e32d10782355540dc44";
inline constexpr std::string_view kHeadWithoutRecord =
    "4332903a78ac6d5aff6746cf5666bf114cecc50d5499fceb92be85952fb7c995";
inline constexpr std::string_view kFingerprint = "67aba625a949596832b25ac0b4b968ccaf4e3f7c266c556948b3c3255f4c22fd";
inline constexpr std::string_view kSlotCommitment = "795bd6902ee01d75e22702b2b2299e8b5c45a9904e17b85fffd2794c99f6c2fb";
inline constexpr std::string_view kSlotWrapped =
    "808182838485868788898a8b8c8d8e8f9091929394959697d6a8bdcc07fa151655edd0025238b1321bf06e0d3b46ac77"
    "7514d3df53758f66724f06139b3d7996ec5d86af05f2746d";
inline constexpr std::string_view kKeyText = "tokend-kek-v1 oKGio6SlpqeoqaqrrK2ur7CxsrO0tba3uLm6u7y9vr8\n";

}  // namespace tokend::known_answers
