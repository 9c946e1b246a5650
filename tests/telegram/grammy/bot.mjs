// A bot on grammY: it asks, hears the tap, changes its question and answers the tap, then says what it was refused.
import { Bot, GrammyError, InlineKeyboard } from "grammy";

const [url, token] = process.argv.slice(2);
const bot = new Bot(token, { client: { apiRoot: url } });
const say = (event) => console.log(JSON.stringify(event));

const refused = async (call) => {
  try {
    await call();
    return null;
  } catch (error) {
    if (!(error instanceof GrammyError)) throw error;
    return [error.error_code, error.description];
  }
};

bot.command("start", (ctx) =>
  ctx.reply("<b>Начнём?</b>", {
    parse_mode: "HTML",
    reply_markup: new InlineKeyboard().text("Да", "yes").text("Нет", "no"),
  }),
);

bot.callbackQuery("yes", async (ctx) => {
  const edited = await ctx.editMessageText("Начинаем.");
  await ctx.answerCallbackQuery({ text: "Хорошо" });
  say({
    started_by: ctx.from.first_name,
    edited: edited.text,
    again: await refused(() => ctx.answerCallbackQuery()),
    unmodified: await refused(() => ctx.editMessageText("Начинаем.")),
    unknown_parameter: await refused(() => bot.api.raw.sendMessage({ chat_id: ctx.chat.id, text: "x", loud: true })),
    wrong_type: await refused(() => bot.api.raw.sendMessage({ chat_id: ctx.chat.id, text: 5 })),
  });
  await bot.stop();
});

await bot.start({ onStart: (me) => say({ listening: me.username }) });
