## Портрет: слои вокруг пяти черт. Каждый — догадка о человеке, словами, которые не судят.

layers-signature = Ваш почерк
layers-lately = В последнее время
layers-warmest = Близко к сердцу
layers-most = Заметнее всего
layers-least = На втором плане
layers-unknown = Пока не видно
layers-told = { $heading }: { $words }.
value-lately = { $value }, в последнее время
value-domain = Тепло: { $domain }

dynamic-self-awareness = Внимание к себе
dynamic-self-awareness-from = потом
dynamic-self-awareness-to = сразу
dynamic-self-awareness-low = многое в себе видно лишь потом
dynamic-self-awareness-middle = что-то видно сразу, что-то потом
dynamic-self-awareness-high = замечаете, что с вами происходит
dynamic-emotional-regulation = Жизнь с чувствами
dynamic-emotional-regulation-from = волны
dynamic-emotional-regulation-to = опора
dynamic-emotional-regulation-low = чувства приходят большой волной
dynamic-emotional-regulation-middle = одни волны уносят, другие нет
dynamic-emotional-regulation-high = чувства приходят, а опора остаётся
dynamic-motivation = Тяга вперёд
dynamic-motivation-from = штиль
dynamic-motivation-to = ветер
dynamic-motivation-low = сейчас её немного
dynamic-motivation-middle = то есть, то нет
dynamic-motivation-high = знаете, чего хотите, и идёте туда
dynamic-resilience = Умение подниматься
dynamic-resilience-from = не сразу
dynamic-resilience-to = быстро
dynamic-resilience-low = нужно много времени и тепла
dynamic-resilience-middle = нужно время, и опора находится
dynamic-resilience-high = после трудного снова встаёте на ноги

facet-fantasy = воображение
facet-aesthetics = чувство красоты
facet-feelings = глубина чувств
facet-actions = тяга к новым делам
facet-ideas = любопытство
facet-values = свой взгляд на вещи
facet-competence = вера в свои силы
facet-order = любовь к порядку
facet-dutifulness = верность слову
facet-achievement-striving = стремление к цели
facet-self-discipline = упорство
facet-deliberation = обдуманность
facet-warmth = сердечность
facet-gregariousness = любовь к компании
facet-assertiveness = умение вести за собой
facet-activity = живой темп
facet-excitement-seeking = вкус к приключениям
facet-positive-emotions = радость
facet-trust = доверие к людям
facet-straightforwardness = искренность
facet-altruism = забота о других
facet-compliance = уступчивость
facet-modesty = скромность
facet-tender-mindedness = сострадание
facet-anxiety = беспокойство
facet-angry-hostility = раздражение
facet-depression = грусть
facet-self-consciousness = стеснительность
facet-impulsiveness = порывистость
facet-vulnerability = ранимость

## То, что бывает по-разному: название, начало фразы и её конец

aspect-thinking-style = как вы думаете
aspect-thinking-style-begins = Думаете
way-thinking-style-analytical = по частям, пока не сойдётся
way-thinking-style-holistic = от целого к деталям
way-thinking-style-practical = от того, что можно попробовать
way-thinking-style-imaginative = образами и «а что, если»
aspect-decision-pattern = как вы решаете
aspect-decision-pattern-begins = Решаете
way-decision-pattern-deliberate = когда всё взвешено
way-decision-pattern-intuitive = чутьём, доводы приходят потом
way-decision-pattern-consulting = посоветовавшись
way-decision-pattern-spontaneous = сразу, на ходу
way-decision-pattern-postponing = не сразу, когда созреет
aspect-energy-rhythm = когда приходят силы
aspect-energy-rhythm-begins = Силы приходят
way-energy-rhythm-morning = с утра
way-energy-rhythm-evening = к вечеру
way-energy-rhythm-bursts = рывками, с передышками
way-energy-rhythm-steady = ровно, понемногу
aspect-learning-style = как вы учитесь
aspect-learning-style-begins = Учитесь
way-learning-style-doing = пробуя на деле
way-learning-style-reading = читая
way-learning-style-watching = глядя, как делают другие
way-learning-style-talking = обсуждая вслух
aspect-learning-edge = что сейчас растёт
aspect-learning-edge-begins = Сейчас растёт
way-learning-edge-boundaries = умение обозначать границы
way-learning-edge-asking-for-help = умение просить о помощи
way-learning-edge-self-kindness = доброта к себе
way-learning-edge-letting-go = умение отпускать
way-learning-edge-finishing = умение доводить до конца
way-learning-edge-speaking-up = умение говорить, что думаете
aspect-love-language = в чём для вас тепло
aspect-love-language-begins = Тепло для вас
way-love-language-words = в добрых словах
way-love-language-time = во времени вместе
way-love-language-gifts = в подарках, пусть и маленьких
way-love-language-help = в помощи делом
way-love-language-touch = в объятии или руке рядом
aspect-stress-response = что вы делаете, когда трудно
aspect-stress-response-begins = Когда трудно
way-stress-response-fight = встречаете это лицом к лицу
way-stress-response-flight = отходите, чтобы собраться с силами
way-stress-response-freeze = сначала замираете, потом думаете
way-stress-response-appease = стараетесь всё сгладить
way-stress-response-reach-out = идёте к своим людям

## Как менялось то, что видно на шкалах

evolution-title = Как вы меняетесь
evolution-span = { $first } — { $last }
evolution-too-early = Как вы меняетесь, видно с двух разговоров в разные дни. Спешить некуда: возвращайтесь, когда захочется, командой /start.
evolution-no-direction = без ясного направления
evolution-changed = заметная перемена: { $days }
evolution-value = { $value }: { $told }.
evolution-legend = Линия — что видно в каждом разговоре, полоса — возможная ошибка, кольцо — заметная перемена.
evolution-sketch = Это оценки по вашим словам. Что изменилось на самом деле, вам виднее.

## Почему так сказано и как это взять назад

choice-why = Почему вы так думаете?
choice-not-me = Это не про меня
choice-theme-dark = Тёмная картинка
choice-theme-light = Светлая картинка
why-which = О чём вы спрашиваете? Покажу ваши собственные слова, на которых это держится.
why-nothing = Спрашивать пока не о чем: портрет появится после первых ответов.
value-unknown = Такого в вашем портрете нет. Всё, что в нём есть, покажет /why.
reasons-title = Почему я так думаю: { $value }
reasons-none = Ваших слов, на которых это держится, нет.
reasons-said = { $day }, на вопрос: { $question }
reasons-more = И ещё похожее: { $more }.
notice-value-denied = Спасибо, что сказали. То, что вы тогда говорили, в этой части портрета больше не учитывается. Если захочется, расскажите в следующем разговоре, как на самом деле.
notice-nothing-to-deny = В вашем портрете об этом ничего нет, так что и брать назад нечего.

## Поиск в собственных словах

find-how = Напишите после команды, что ищете, например: /find разговоры о маме. Искать буду по смыслу и только в ваших словах.
find-title = Ваши слова, ближе всего к «{ $query }»
find-nothing = В том, что вы рассказали, ничего близкого к «{ $query }» не нашлось. Попробуйте другими словами: ищу по смыслу, а не по буквам.
find-away = Посмотреть в ваших словах сейчас не получается. Они на месте, попробуйте, пожалуйста, чуть позже.
