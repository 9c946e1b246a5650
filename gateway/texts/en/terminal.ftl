## Terminal

terminal-hint = /help shows the commands, /quit leaves and keeps your place
terminal-starting = Starting the servers…
terminal-quit = /quit — leave; your place is kept
terminal-thinking = reading
terminal-choose = type a number
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
