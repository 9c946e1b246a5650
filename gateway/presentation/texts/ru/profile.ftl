## Портрет

summary-title = Что сложилось из разговора
summary-thanks =
    Спасибо за разговор. Вы ответили на { $answers ->
        [one] { $answers } вопрос
        [few] { $answers } вопроса
       *[many] { $answers } вопросов
    }.
summary-pending = Прочитано пока не всё: портрет дополнится сам.
profile-title = Ваш портрет
profile-basis =
    За всё время { $answers ->
        [one] прочитан { $answers } ответ
        [few] прочитано { $answers } ответа
       *[many] прочитано { $answers } ответов
    }.
profile-empty = Пока рассказать нечего: портрет появится после первых ответов.
profile-no-traits = По ответам пока трудно судить о чертах. Это нормально: одним разговором человек не исчерпывается.
profile-patterns = Что повторялось
profile-insights = Что слышно в ответах
profile-offline = Это черновик по спискам слов: ответы читал офлайн-аналитик, он многого не понимает.
profile-sketch = Это набросок по вашим словам, а не диагноз. Вам виднее.
profile-legend = ● где вы на шкале   ▒ насколько широко можно ошибиться
trait-openness = Открытость новому
trait-openness-from = привычное
trait-openness-to = новое
trait-openness-low = ближе знакомое и проверенное
trait-openness-middle = и новое, и привычное, смотря по случаю
trait-openness-high = тянет к новому, к идеям и образам
trait-conscientiousness = Собранность
trait-conscientiousness-from = по ходу дела
trait-conscientiousness-to = по плану
trait-conscientiousness-low = живёте по ходу дела, без строгих планов
trait-conscientiousness-middle = план есть, но можно и отступить
trait-conscientiousness-high = планируете и доводите до конца
trait-extraversion = Общительность
trait-extraversion-from = тишина
trait-extraversion-to = люди
trait-extraversion-low = силы приходят в тишине и в узком кругу
trait-extraversion-middle = хорошо и с людьми, и наедине с собой
trait-extraversion-high = силы приходят от людей и событий
trait-agreeableness = Мягкость с людьми
trait-agreeableness-from = прямота
trait-agreeableness-to = мягкость
trait-agreeableness-low = говорите прямо, иногда выходит резко
trait-agreeableness-middle = в чём-то уступаете, в чём-то нет
trait-agreeableness-high = доверяете и заботитесь, отказывать бывает трудно
trait-neuroticism = Чувствительность к тревоге
trait-neuroticism-from = спокойствие
trait-neuroticism-to = тревога
trait-neuroticism-low = многое переносите спокойно
trait-neuroticism-middle = тревога бывает, но не берёт верх
trait-neuroticism-high = остро чувствуете тревогу и напряжение
confidence-guess = пока не видно
confidence-shape = начинает проясняться
confidence-clear = видно неплохо
confidence-sure = видно ясно
trait-evidence =
    { $answers } из { $all } { $all ->
        [one] ответа
       *[other] ответов
    }
evolution-increasing = растёт
evolution-decreasing = убывает
evolution-oscillating = колеблется
evolution-stable = держится ровно
insights-across = Что проходит через ответы и разговоры
insight-numbered = { $number }. { $text }
insight-offline = (Найдено простыми правилами, без языковой модели.)
insight-said-answer = { $day }, в ответе на вопрос
insight-said-talk = { $day }, в нашем разговоре
insight-waits = В /insights для вас появилось кое-что новое.
choice-not-true = Это не так
notice-insight-denied = Хорошо, значит, это не так. Ни этого, ни похожего больше не покажу.
