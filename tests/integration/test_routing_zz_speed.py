import time, pytest
from tests.integration.test_routing_places import *
from services.routing.domain.reactions import REACTIONS
async def test_speed(settings, log):
    async with routing(settings, capacity=9999, **{f"a{n}":{} for n in range(20)}) as r:
        N=4000
        txt="The card does not work and I was charged twice, nobody answers the phone and I want a refund. "*6
        evs=[event(card(n, text=txt), f"s{n}") for n in range(N)]
        await log.publish(event(card(0),"warm")); await shown(r,"warm",open=True)
        t=time.time(); await log.publish(*evs); t1=time.time()
        while await r.runtime.desk.documents.count_documents({"state.open":True})<N+1: await asyncio.sleep(.05)
        print("\nSPEED", N/(time.time()-t1), "published in", t1-t, await held(r))
        prep=r.runtime.desk.service.prepare
        from shared.runtime.service import Heard
        b=[Heard(f"z{n}",None,[event(card(n+10000,text=txt),f"z{n}")]) for n in range(1000)]
        import cProfile,pstats
        p=cProfile.Profile(); p.enable(); t=time.time(); w=await prep(b); d=time.time()-t; p.disable()
        print("prepare 1000:", d); pstats.Stats(p).sort_stats("cumtime").print_stats(18)
