## When it is hard

# First what has to happen at once, then thanks, then what fits whom it is about.
crisis-taken = Please call an ambulance now, { $emergency }, even if you feel all right. Say what was taken and how much; don't wait for a sign, and don't stay alone.
crisis-bleeding = Please call an ambulance now, { $emergency }. Press a clean cloth hard on the place until they come, and don't stay alone.
crisis-again = You write of this again, and it is good that you do. Please call one of these people now; the conversation waits as long as you need.
crisis-past = It may be long ago and still weigh. The people below also listen when it is about the past.
crisis-support-self-harm =
    Thank you for telling me. What you feel matters, and you don't have to be alone with it.

    I am a program and cannot call for help. If you are not safe right now, please call emergency services or stay near someone you trust.
crisis-support-violence =
    Thank you for telling me. When someone may get hurt, what matters most is that everyone stays safe.

    I am a program and cannot call for help. If the danger is near right now, please go somewhere safe and call emergency services.
crisis-support-abuse =
    Thank you for telling me. Nobody has the right to treat you like that, and it is not your fault.

    I am a program and cannot call for help. If you are not safe right now, please call emergency services or go to people you trust.
crisis-support-other-self-harm =
    Thank you for telling me. It is hard to fear for someone, and you don't have to carry it alone.

    I am a program and cannot call for help. If they are in danger right now, please call emergency services and, if you can, stay with them. Asking them plainly about it does no harm. The people below also help those who worry about someone.
crisis-support-other-violence =
    Thank you for telling me. When someone may get hurt, what matters most is that everyone stays safe, you included.

    I am a program and cannot call for help. If the danger is near right now, please call emergency services, and don't step in between on your own.
crisis-support-other-abuse =
    Thank you for telling me. Nobody has the right to treat a person like that, and it is not their fault.

    I am a program and cannot call for help. If they are in danger right now, please call emergency services. The people below also tell those who only witness it what can be done.
crisis-support-child =
    Thank you for telling me. No child should have to bear this, and it is never the child's fault.

    I am a program and cannot call for help. If a child is in danger right now, please call emergency services. The lines below are for children and also for adults who worry about a child: if you are that child, you may call yourself, and they will not scold you.
crisis-support-by-self =
    Thank you for telling me. That takes courage, and it is the moment when help does most.

    If someone is hurt, call an ambulance first. A child who was shaken or hit needs a doctor even if nothing can be seen. If you are afraid of what you might do: put a child into its bed, go into another room, and call someone. I am a program and cannot call for help.
crisis-support-somebody-else =
    Thank you for showing me this. These look like somebody else's words, and they may speak of danger: to whoever wrote them, to someone close, or to you. You don't have to be alone with that.

    I am a program and cannot call for help. If anyone is not safe right now, please call emergency services. You can also turn to the people below when it is someone else you worry about.
crisis-contacts = Real people answer here:
crisis-in-country =
    { $country }:
    { $lines }
crisis-care = Above all, take care of yourself. If it gets hard, call or write to them, at any hour:
contact-free = free
contact-unverified = not checked by us
safety-question = Are you safe right now?
choice-safe = I am safe
choice-help = I need help now
choice-misread = You misread me
