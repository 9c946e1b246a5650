## Terminal

terminal-hint = /help shows the commands, /quit leaves and keeps your place
terminal-starting = Starting the servers…
terminal-quit = /quit — leave; your place is kept
terminal-thinking = reading
terminal-unreadable = I can't make out those letters: this terminal writes in another encoding than it says. Please set it to { $encoding }; nothing of that line is kept.
terminal-left-over =
    { $lines ->
        [one] { $lines } more line came after the end. It is
       *[other] { $lines } more lines came after the end. They are
    } not among your answers.
terminal-unsent = Your last words may not have reached me. Please send them again when you are back.
terminal-evolution-legend = Blocks: how high each conversation puts you. ◆: a clear change.
terminal-not-me = If this isn't you, type the number below: what you said here will no longer count for it. That can't be undone.
terminal-not-me-which = Say which: /notme and a word of your portrait. /why shows them all.
terminal-choose = type a number
terminal-choose-or-write = type the number that comes closest, or tell me in your own words
terminal-concern = Did I hear something heavy behind this? If so, you don't have to carry it alone: type the number of “{ $help }” below, and you see who answers right away. If not, we simply go on.
terminal-other-country = Another country
terminal-name-taken = “{ $wanted }” is already talking in another window, so here you are “{ $name }”.
terminal-place-kept = Your place is kept. Come back with: { $command }
terminal-come-back = Talk more with: { $command }
terminal-web-ui = What it looks like inside: { $url }
terminal-demo = This is a conversation with an invented person: the answers were written beforehand, all else is real.
terminal-demo-took =
    The conversation took { $seconds } s and holds { $answers ->
        [one] { $answers } answer
       *[other] { $answers } answers
    }.
terminal-not-today = /skip — not today
terminal-reply-marks = /differently — say it another way, /notquite — that missed, /enough — enough for today
