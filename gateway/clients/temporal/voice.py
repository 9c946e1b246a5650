"""The voice client for a Temporal server."""

from __future__ import annotations

from functools import partial

from temporalio.service import RPCError
from temporalio.types import MethodSyncOrAsyncSingleParam

from gateway.clients.outage import means_no_workflow
from gateway.clients.temporal.starter import Starter
from gateway.clients.visitor import SignalInput, Visitor
from gateway.clients.voice import VoiceClient
from schema.voice.messages import Mending, SpokenMessage, TakeSpokenRequest, VoiceTimes, WrittenMessage
from schema.voice.names import VOICE_ID
from workflows.voice.take import TakeSpoken


class TemporalVoice(VoiceClient):
    """Starts the workflow that takes what a person says, or signals it when it already runs."""

    def __init__(self, starter: Starter, times: VoiceTimes) -> None:
        self._starter = starter
        self._times = times

    async def speak(self, visitor: Visitor, spoken: SpokenMessage) -> None:
        request = partial(TakeSpokenRequest, times=self._times)
        signal = (TakeSpoken.speak.__name__, spoken)
        await self._starter.start(TakeSpoken.run, visitor, request, VOICE_ID, signal=signal)

    async def write(self, visitor: Visitor, written: WrittenMessage) -> bool:
        return await self._signal(visitor, TakeSpoken.write, written)

    async def mend(self, visitor: Visitor, mending: Mending) -> bool:
        return await self._signal(visitor, TakeSpoken.mend, mending)

    async def _signal(
        self,
        visitor: Visitor,
        signal: MethodSyncOrAsyncSingleParam[TakeSpoken, SignalInput, None],
        argument: SignalInput,
    ) -> bool:
        running = self._starter.client.get_workflow_handle_for(TakeSpoken.run, VOICE_ID.of(visitor.user_ref))
        try:
            await running.signal(signal, argument)
        except RPCError as error:
            if not means_no_workflow(error):
                raise
            return False
        return True
