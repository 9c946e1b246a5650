## Portrait

summary-title = What came together
summary-thanks =
    Thank you for this conversation. You answered { $answers ->
        [one] { $answers } question
       *[other] { $answers } questions
    }.
summary-pending = I'm still reading; your portrait will fill in by itself.
profile-title = Your portrait
profile-basis =
    { $answers ->
        [one] { $answers } answer
       *[other] { $answers } answers
    } read in all.
profile-empty = There is nothing to tell yet: your portrait appears after your first answers.
profile-no-traits = Your answers say little about traits so far. That's fine: nobody fits into one conversation.
profile-patterns = What came up again
profile-insights = What your answers say
profile-offline = A draft, by word lists: the offline analyst read your answers. It looks for words on a list and misses a lot.
profile-sketch = This is a sketch from your own words, not a diagnosis. You know yourself best.
profile-legend = ● where you are on the scale   ▒ how far off it may be
trait-openness = Openness to the new
trait-openness-from = familiar
trait-openness-to = new
trait-openness-low = you prefer the familiar and proven
trait-openness-middle = new or familiar, it depends
trait-openness-high = drawn to new things, ideas and images
trait-conscientiousness = Planning and follow-through
trait-conscientiousness-from = as it comes
trait-conscientiousness-to = by plan
trait-conscientiousness-low = you take things as they come
trait-conscientiousness-middle = there is a plan, and room to drift
trait-conscientiousness-high = you plan and see things through
trait-extraversion = Sociability
trait-extraversion-from = quiet
trait-extraversion-to = people
trait-extraversion-low = quiet and small circles recharge you
trait-extraversion-middle = at ease with people and alone
trait-extraversion-high = people and events give you energy
trait-agreeableness = Gentleness with people
trait-agreeableness-from = direct
trait-agreeableness-to = gentle
trait-agreeableness-low = you speak plainly, and it can come out sharp
trait-agreeableness-middle = you give way on some things, not on others
trait-agreeableness-high = you trust and care, and saying no may be hard
trait-neuroticism = Sensitivity to stress
trait-neuroticism-from = calm
trait-neuroticism-to = worry
trait-neuroticism-low = you take most things calmly
trait-neuroticism-middle = worry comes, but doesn't take over
trait-neuroticism-high = you feel worry and tension keenly
confidence-guess = not visible yet
confidence-shape = taking shape
confidence-clear = fairly clear
confidence-sure = clear
trait-evidence =
    { $answers } of { $all } { $all ->
        [one] answer
       *[other] answers
    }
evolution-increasing = growing
evolution-decreasing = fading
evolution-oscillating = up and down
evolution-stable = steady
insights-across = What runs through your answers and talks
insight-numbered = { $number }. { $text }
insight-offline = (Found by simple rules, without a language model.)
insight-said-answer = { $day }, in an answer
insight-said-talk = { $day }, in our talk
insight-waits = There is something new for you under /insights.
choice-not-true = Not true
notice-insight-denied = All right, it isn't so. I won't show it again, nor anything like it.
