// The names people and apps use for emoji, for those that are likely here; any other name is shown as it was written.

const TABLE = `
rotating_light 🚨|ticket 🎫|telephone_receiver 📞|eyes 👀|white_check_mark ✅|palm_tree 🌴|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎
tada 🎉|heart ❤️|smile 😄|slightly_smiling_face 🙂|blush 😊|joy 😂|grin 😁|wink 😉|thinking_face 🤔|neutral_face 😐|cry 😢|sob 😭
disappointed 😞|angry 😠|rage 😡|worried 😟|confused 😕|open_mouth 😮|scream 😱|sweat_smile 😅|relieved 😌|sleeping 😴|sunglasses 😎
face_with_thermometer 🤒|airplane ✈️|house 🏠|wave 👋|clap 👏|pray 🙏|raised_hands 🙌|muscle 💪|ok_hand 👌|point_right 👉|point_up ☝️
hand ✋|raised_hand ✋|handshake 🤝|fire 🔥|rocket 🚀|star ⭐|star2 🌟|sparkles ✨|zap ⚡|boom 💥|bulb 💡|bell 🔔|no_bell 🔕
mega 📣|loudspeaker 📢|hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|watch ⌚|clock9 🕘|calendar 📆|date 📅
spiral_calendar_pad 🗓️|memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|mag 🔍|key 🔑|lock 🔒
unlock 🔓|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|package 📦|truck 🚚|email ✉️|envelope ✉️|inbox_tray 📥|outbox_tray 📤
phone ☎️|iphone 📱|speech_balloon 💬|thought_balloon 💭|bar_chart 📊|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉
moneybag 💰|credit_card 💳|receipt 🧾|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|x ❌|heavy_check_mark ✔️|ballot_box_with_check ☑️
question ❓|exclamation ❗|grey_question ❔|information_source ℹ️|sos 🆘|recycle ♻️|repeat 🔁|arrows_counterclockwise 🔄|new 🆕|100 💯
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|white_circle ⚪|black_circle ⚫
small_red_triangle 🔺|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|sunny ☀️|sunrise 🌅|crescent_moon 🌙|umbrella ☔|snowflake ❄️
coffee ☕|cake 🍰|trophy 🏆|medal 🏅|bug 🐛|construction 🚧|ghost 👻|robot_face 🤖|see_no_evil 🙈|checkered_flag 🏁|flag-us 🇺🇸
`;

export const EMOJI = new Map(
  TABLE.trim().split(/[|\n]/).map((one) => {
    const [name, character] = one.split(" ");
    return [name, character];
  }),
);

// First those that Kept understands, then what people put on messages anyway.
export const PICKER = [
  "rotating_light", "ticket", "telephone_receiver", "eyes", "white_check_mark", "palm_tree", "+1", "tada",
  "heart", "pray", "wave", "clap", "fire", "joy", "thinking_face", "cry", "face_with_thermometer", "airplane",
];

/** The character for a name, skin tones left aside; an unknown name stays as it is written. */
export function emoji(name) {
  return EMOJI.get(String(name).split("::")[0]) || `:${name}:`;
}
