## Help and small hitches

help =
    If you are in danger or at the end of your strength, don't wait for me: call 911, 999 or 000.

    Just answer in your own words, at any length. Plain words work too: “skip”, “stop”.

    When no questions are open, write about whatever is on your mind, and I'll reply. Where no AI model is connected, a simple program writes the replies: it looks for words on a list and misses a lot.

    /skip — another question
    /pause — take a break, /resume — go on
    /stop — finish and see what came together
    /notquite — my last reply missed, /differently — say it another way
    /enough — enough for today
    /profile — your portrait as a picture, /insights — what runs through what you write
    /evolution — how you change over time
    /why — your own words behind the portrait, /notme and a word of it — that is not me
    /find and some words — what you once said
    /memory — what I remember of you; forget or correct it
    /steps — what we have agreed on, /quiet — whether I write first
    /timezone and your city — by which clock I write, /hours 9-21 — at which hours
    /language ru or /language en — language
    /export — take everything kept about you
    /privacy — what you agree to, and who reads it
    /delete — erase everything kept about you
    /start — the question once more, or new questions
    /new — talk about something new
    /help — this help
not-quite-nothing = There is no reply of mine here yet.
language-chosen = English it is.
language-which = There are two languages: /language ru and /language en.
unknown-command = There is no such command. /help shows them all.
answer-empty = Nothing here yet. A few words are enough.
answer-too-long =
    That's a long message: { $length } { $length ->
        [one] character
       *[other] characters
    }, and I can take { $limit } at a time. Please shorten or divide it.
connection-lost = The connection is gone. Your words are safe: I'll go on as soon as it's back.
connection-back = The connection is back.
export-elsewhere = A terminal can't send files: /export works in a chat with the bot.
profile-unavailable = That can't be opened right now. Please try a little later.
session-gone = The conversation was cut off through no fault of yours. Whatever you have answered is kept, and you can begin again.

## Erasing everything

erase-ask = Erase everything kept about you: your answers, what we have talked about, what was read in it, and your portrait? The conversation ends with it. You can take a copy first with /export.
erase-ask-again = Once erased, it can't be brought back. Erase everything?
erase-kept = All right, everything stays where it is.
choice-keep = No, keep it
choice-erase-sure = Yes, erase everything
choice-erase-really-sure = Erase for good
