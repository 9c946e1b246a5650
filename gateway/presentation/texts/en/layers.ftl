## Portrait: the layers around the five traits. Each is a guess about a person, in words that don't judge.

layers-signature = Your own way
layers-lately = Lately
layers-warmest = Close to your heart
layers-most = Stands out
layers-least = In the background
layers-unknown = Not known yet
layers-told = { $heading }: { $words }.
value-lately = { $value }, lately
value-domain = Warmth: { $domain }

dynamic-self-awareness = Noticing yourself
dynamic-self-awareness-from = later
dynamic-self-awareness-to = at once
dynamic-self-awareness-low = much of it you see only later
dynamic-self-awareness-middle = some of it at once, some later
dynamic-self-awareness-high = you notice what goes on in you
dynamic-emotional-regulation = Living with feelings
dynamic-emotional-regulation-from = waves
dynamic-emotional-regulation-to = footing
dynamic-emotional-regulation-low = feelings come in big waves
dynamic-emotional-regulation-middle = some waves carry you, some don't
dynamic-emotional-regulation-high = they come, and you keep your footing
dynamic-motivation = What draws you on
dynamic-motivation-from = still
dynamic-motivation-to = wind
dynamic-motivation-low = little of it just now
dynamic-motivation-middle = it comes and goes
dynamic-motivation-high = you know what you want, and go there
dynamic-resilience = Getting back up
dynamic-resilience-from = slowly
dynamic-resilience-to = soon
dynamic-resilience-low = it takes much time and care
dynamic-resilience-middle = it takes a while, and then you do
dynamic-resilience-high = after a blow you find your feet again

facet-fantasy = daydreaming
facet-aesthetics = eye for beauty
facet-feelings = depth of feeling
facet-actions = trying new things
facet-ideas = curiosity
facet-values = views of your own
facet-competence = trust in your skills
facet-order = love of order
facet-dutifulness = keeping your word
facet-achievement-striving = reaching for goals
facet-self-discipline = staying with it
facet-deliberation = thinking first
facet-warmth = warmth
facet-gregariousness = love of company
facet-assertiveness = taking the lead
facet-activity = brisk pace
facet-excitement-seeking = taste for adventure
facet-positive-emotions = joy
facet-trust = trust in people
facet-straightforwardness = frankness
facet-altruism = caring for others
facet-compliance = giving way
facet-modesty = modesty
facet-tender-mindedness = compassion
facet-anxiety = worry
facet-angry-hostility = irritation
facet-depression = sadness
facet-self-consciousness = shyness
facet-impulsiveness = giving in to wishes
facet-vulnerability = need of support

## What shows itself as one of several ways: its name, the words that begin its sentence, and those that end it

aspect-thinking-style = how you think
aspect-thinking-style-begins = You think
way-thinking-style-analytical = piece by piece, until it adds up
way-thinking-style-holistic = from the whole to its parts
way-thinking-style-practical = from what can be tried out
way-thinking-style-imaginative = in pictures and what-ifs
aspect-decision-pattern = how you decide
aspect-decision-pattern-begins = You decide
way-decision-pattern-deliberate = once you have weighed it all
way-decision-pattern-intuitive = by feel; reasons come later
way-decision-pattern-consulting = after talking it over
way-decision-pattern-spontaneous = on the spot
way-decision-pattern-postponing = late, once it has ripened
aspect-energy-rhythm = when strength comes
aspect-energy-rhythm-begins = Strength comes
way-energy-rhythm-morning = in the morning
way-energy-rhythm-evening = in the evening
way-energy-rhythm-bursts = in bursts, with lulls between
way-energy-rhythm-steady = in an even stream
aspect-learning-style = how you learn
aspect-learning-style-begins = You learn
way-learning-style-doing = by trying it yourself
way-learning-style-reading = by reading
way-learning-style-watching = by watching others do it
way-learning-style-talking = by talking it through
aspect-learning-edge = what you are growing into
aspect-learning-edge-begins = You are growing into
way-learning-edge-boundaries = saying where your limits are
way-learning-edge-asking-for-help = asking for help
way-learning-edge-self-kindness = being kinder to yourself
way-learning-edge-letting-go = letting go
way-learning-edge-finishing = finishing what you begin
way-learning-edge-speaking-up = saying what you think
aspect-love-language = how warmth reaches you
aspect-love-language-begins = Warmth reaches you
way-love-language-words = through kind words
way-love-language-time = through time together
way-love-language-gifts = through gifts, even small ones
way-love-language-help = through a helping hand
way-love-language-touch = through a hug or a hand to hold
aspect-stress-response = what you do under stress
aspect-stress-response-begins = Under stress
way-stress-response-fight = you meet it head-on
way-stress-response-flight = you step away to gather strength
way-stress-response-freeze = you freeze first, then think
way-stress-response-appease = you try to smooth things over
way-stress-response-reach-out = you turn to your people

## How the levels have moved

evolution-title = How you change
evolution-span = { $first } to { $last }
evolution-too-early = How you change shows from two conversations on different days. There is time: come back whenever you like, with /start.
evolution-no-direction = no clear direction
evolution-changed = a clear change: { $days }
evolution-value = { $value }: { $told }.
evolution-legend = Line: what each conversation shows. Band: how far off that may be. Ring: a clear change.
evolution-sketch = These are estimates from your own words. You know best what really changed.

## Why a value stands, and what takes it back

choice-why = Why do you think so?
choice-not-me = That is not me
choice-theme-dark = Dark picture
choice-theme-light = Light picture
why-which = What are you asking about? You will see your own words behind it.
why-nothing = There is nothing to ask about yet: your portrait appears after your first answers.
value-unknown = Your portrait has no such word. /why shows all that it has.
reasons-title = Why I think so: { $value }
reasons-none = No words of yours are kept behind this.
reasons-said = { $day }, asked: { $question }
reasons-more = And { $more } more like these.
notice-value-denied = Thank you for saying so. What you said there no longer counts for this in your portrait. If you like, tell me in our next conversation how it really is.
notice-nothing-to-deny = Your portrait says nothing of this, so there is nothing to take back.

## Looking for one's own words

find-how = Put what you are looking for after the command, like this: /find what I said about my mother. I look by meaning, among your own words only.
find-title = Your words nearest to “{ $query }”
find-nothing = Nothing you have told me comes near “{ $query }”. Try other words: I look by meaning, not by letters.
find-away = I can't look through your words right now. They are safe; please try a little later.
