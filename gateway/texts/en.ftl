# All that a person reads, in English. Warm, plain, short; no exclamation marks where somebody may be struggling.

## Beginning

consent-request =
    Hello. This is Selfology, an AI program for taking a closer look at yourself.

    It asks about { $planned } { $planned ->
        [one] question
       *[other] questions
    }, one at a time, responds briefly to each answer, and at the end shows the portrait that has come together.

    It is not a person, not a therapist and not an emergency service: it makes no diagnoses and cannot call for help.

    Your answers, what was read in them and your portrait are kept in a database. If you decline now, all that it holds about you is erased at once.

    You can skip any question, and pause or stop whenever you like.
consent-question = Shall we begin?
welcome-back =
    Welcome back. There are about { $planned } new { $planned ->
        [one] question
       *[other] questions
    } ahead; you can skip and stop as before.

## Question

question-frame = Question { $number } of about { $planned }
feedback-offline = offline response, no language model
domain-identity = who I am
domain-emotions = feelings
domain-relationships = relationships
domain-work = work
domain-money = money
domain-health = health
domain-creativity = creativity
domain-spirituality = meaning
domain-past = the past
domain-future = the future
domain-lifestyle = way of life
domain-thoughts = thoughts

## Tiredness, rest, silence

fatigue-offer-pause = You seem a little tired. You could take a break; the conversation will wait. If you feel like going on, the question is below.
fatigue-offer-end = You have shared a lot. That may well be enough for today. If you would like more, the question is below.
paused-person = All right, let's rest. Everything stays as it is: when you want to come back, just write or send /resume.
paused-fatigue = You may be running low, so here is a break. There is no hurry: when you want to go on, write or send /resume.
paused-crisis = The questions can wait. You matter more right now. If you want to go on later, write or send /resume.
paused-operator = The people who run this service have paused the conversation. Everything stays as it is, and you can come back any time: write or send /resume.
nudge = I'm here, and there is no hurry. A few words are enough, or skip the question with /skip.

## When it is hard

crisis-support-self-harm =
    Thank you for telling me. What you feel matters, and you don't have to be alone with it.

    I am a program and cannot call for help. If you are not safe right now, please call an emergency number or stay near someone you trust.
crisis-support-violence =
    Thank you for telling me. When someone may get hurt, what matters most is that everyone stays safe.

    I am a program and cannot call for help. If the danger is near right now, please go somewhere safe and call an emergency number.
crisis-support-abuse =
    Thank you for telling me. Nobody may treat you like that, and it is not your fault.

    I am a program and cannot call for help. If you are not safe right now, please call an emergency number or go to people you trust.
crisis-contacts = Real people answer here:
contact-free = free

## Short replies

notice-added-to-answer = Added to your answer.
notice-empty-answer = Your message came through empty. A few words are enough, and if you'd rather not answer, there is /skip.
notice-skipped = All right, we'll leave that one.
notice-nothing-to-skip = There is nothing to skip right now.
notice-button-is-old = That button belongs to an earlier step and no longer changes anything.
notice-consent-first = I need your consent first. What you just wrote has not been kept.
notice-nothing-to-resume = The conversation is open already, just answer.
notice-question-withdrawn = That question has been taken off the list; here is another.
notice-resumed = Good to have you back.

## Buttons

choice-agree = Yes, let's begin
choice-decline = No, thank you
choice-go-on = Go on
choice-pause = Take a break
choice-stop = Enough for today
choice-resume = Go on

## Portrait

summary-title = What came together
summary-thanks =
    Thank you for this conversation. It holds { $answers ->
        [one] { $answers } answer
       *[other] { $answers } answers
    }.
summary-pending =
    { $pending ->
        [one] { $pending } more answer is
       *[other] { $pending } more answers are
    } still being read; your portrait will fill in by itself.
profile-title = Your portrait
profile-basis =
    It rests on { $answers ->
        [one] { $answers } answer
       *[other] { $answers } answers
    }.
profile-empty = There is nothing to tell yet: your portrait appears after your first answers.
profile-no-traits = Your answers say little about traits so far. That's fine: nobody fits into one conversation.
profile-patterns = What came up again
profile-insights = What your answers say
profile-offline = The offline analyst read your answers: it looks for words on a list and misses a lot. Take this as a rough draft.
profile-sketch = This is a sketch from your own words, not a diagnosis. You know best.
profile-legend = ● where you are on the scale   ▒ how far off it may be
trait-openness = Openness
trait-openness-low = you prefer the familiar and proven
trait-openness-middle = new or familiar, it depends
trait-openness-high = drawn to new things, ideas and images
trait-conscientiousness = Conscientiousness
trait-conscientiousness-low = you take things as they come
trait-conscientiousness-middle = there is a plan, and room to drift
trait-conscientiousness-high = you plan and see things through
trait-extraversion = Extraversion
trait-extraversion-low = quiet and small circles recharge you
trait-extraversion-middle = at ease with people and alone
trait-extraversion-high = people and events give you energy
trait-agreeableness = Agreeableness
trait-agreeableness-low = you speak bluntly and hold your ground
trait-agreeableness-middle = you give way, but not always
trait-agreeableness-high = you trust, give way and care
trait-neuroticism = Sensitivity to stress
trait-neuroticism-low = you take most things calmly
trait-neuroticism-middle = worry visits, but doesn't rule
trait-neuroticism-high = you feel worry and tension keenly
confidence-guess = only a guess so far
confidence-shape = taking shape
confidence-clear = fairly clear
confidence-sure = clear
trait-evidence =
    { $answers ->
        [one] { $answers } answer
       *[other] { $answers } answers
    }
evolution-increasing = growing
evolution-decreasing = fading
evolution-oscillating = going up and down
evolution-stable = steady

## Goodbye

goodbye-declined = All right, we won't begin. The database holds nothing about you. If you change your mind, come back any time.
goodbye-stopped = All right, let's leave it here. Whatever you have answered is kept. It is not enough for a portrait yet; that will come together when you return.
goodbye-timed-out = It seems that now is not the time, and that's fine. Whatever you have answered is kept. Come back whenever you like.
goodbye-abandoned = This conversation has ended. Whatever you have answered is kept, and you can begin a new one any time.

## Help and small hitches

help =
    Just answer in your own words, at any length.

    /skip — another question
    /pause — take a break, /resume — go on
    /stop — finish and see what came together
    /profile — your portrait
    /language ru or /language en — language
    /help — this help
language-chosen = We're speaking English now.
language-which = There are two languages: /language ru and /language en.
unknown-command = There is no such command. /help shows them all.
answer-empty = Nothing here yet. A few words are enough, and if you'd rather not answer, there is /skip.
answer-too-long =
    That is a long letter: { $length } { $length ->
        [one] character
       *[other] characters
    }, and { $limit } fit. Please send it in parts.
connection-lost = The connection is gone. Your words are safe: I'll go on as soon as it's back.
connection-back = The connection is back.
profile-unavailable = Your portrait can't be opened right now. Please try a little later.
session-gone = The conversation was cut off, and not by you. Whatever you have answered is kept, and you can begin again.

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
