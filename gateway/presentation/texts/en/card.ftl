## Portrait as a picture, and the same in words

card-basis =
    { $answers ->
        [one] { $answers } answer
       *[other] { $answers } answers
    } in all
card-legend = Dot: where you are. Band: how far off it may be.
card-offline = The offline analyst read your answers: a rough draft.
card-unknown = not visible yet
card-trait = { $trait }: { $where } ({ $sure }).
card-trait-unknown = { $trait }: not visible yet.
