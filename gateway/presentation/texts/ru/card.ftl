## Портрет на картинке и он же словами

card-basis =
    { $answers ->
        [one] { $answers } ответ
        [few] { $answers } ответа
       *[many] { $answers } ответов
    } за всё время
card-legend = Точка — где вы, полоса — возможная ошибка.
card-offline = Ответы читал офлайн-аналитик: это черновик.
card-unknown = пока не видно
card-trait = { $trait }: { $where } ({ $sure }).
card-trait-unknown = { $trait }: пока не видно.
