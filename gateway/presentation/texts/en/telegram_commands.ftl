## Telegram: what is seen before the first message

telegram-description =
    Hello. I'm Selfology, an AI program: I ask one question at a time, respond briefly to each answer, and a portrait of you comes together. Then we can talk about whatever is on your mind.

    I'm not a therapist and not an emergency service. You can see, take or erase everything kept about you at any time.
telegram-short-description = One question at a time, a response to each answer, and the portrait they make. This is AI, not a therapist.

## Telegram: commands

command-start = begin a conversation with questions, or come back to it
command-help = what you can do here
command-pause = take a break
command-resume = go on after a break
command-skip = another question
command-profile = your portrait as a picture
command-insights = what runs through what you write
command-evolution = how you change over time
command-why = your own words behind the portrait
command-find = what you once said, by its meaning
command-memory = what I remember of you
command-steps = what we have agreed on
command-quiet = whether I write first
command-timezone = by which clock I write
command-hours = at which hours I may write
command-language = language
command-export = take everything kept about you
command-delete = erase everything kept about you
command-privacy = what you agree to, and who reads it
command-stop = finish the questions
command-new = talk about something new
telegram-help =
    If you are in danger or at the end of your strength, don't wait for me: call 911, 999 or 000.

    Just answer in your own words, at any length; “skip” or “stop” in plain words works too. Reply to a question's message and your answer belongs to that question; until I respond to your message, you can edit it.

    When no questions are open, write about whatever is on your mind, and I'll reply. Where no AI model is connected, a simple program writes the replies: it looks for words on a list and misses a lot.

    You can also send voice messages of up to five minutes, where a model that hears speech is connected: /privacy says who gets the recording. You'll see first what was heard, and can edit it.

    /skip — another question
    /pause — take a break, /resume — go on
    /stop — finish and see what came together
    /profile — your portrait as a picture, /insights — what runs through what you write
    /evolution — how you change over time
    /why — your own words behind the portrait
    /find and some words — what you once said
    /memory — what I remember of you; forget or correct it
    /steps — what we have agreed on, /quiet — whether I write first
    /timezone and your city — by which clock I write, /hours 9-21 — at which hours
    /language — language
    /export — take everything kept about you
    /privacy — what you agree to, and who reads it
    /delete — erase everything kept about you
    /start — begin with questions, or come back to them
    /new — talk about something new
telegram-language-ask = Which language shall we use?

## Telegram: a break that was declined

telegram-go-on = Good. The question is right here.

## Telegram: not in words

telegram-sticker = I can see the sticker but can't read it. Please put it in words.
telegram-picture = I don't understand pictures and videos yet. Please tell me in words what matters in them.
telegram-voice = I understand text only here; voice messages I can't hear. Please send the same in writing.
telegram-voice-of-others = I don't listen to other people's recordings: whoever speaks there hasn't agreed to it. Please tell me in your own words what matters in them to you.
telegram-voice-too-long =
    A voice message that long is more than I can hear: it can be up to { $minutes } { $minutes ->
        [one] minute
       *[other] minutes
    }. Please send it in parts, or write.
telegram-voice-enough = That's as many voice messages as I can hear in a day. Please write instead; tomorrow you can speak again.
telegram-recording = I don't listen to audio files and videos. Please tell me in words what matters in them.
telegram-file = I don't open files. If something in there matters, please send it as text.
telegram-not-words = I understand text only. Please put it in words.

## Telegram: small hitches

telegram-too-many = That's more in a minute than I can read; the last one hasn't reached me. Wait a minute, then send it again. In danger, don't wait for me: call 911, 999 or 000.
telegram-trouble = I couldn't do that, and the same again won't help. /start brings back your question, /help shows what else works. All you wrote before is in place.

## Telegram: erasing everything

telegram-erase-late = These buttons are too old, so nothing was erased. If you still want to, send /delete.
