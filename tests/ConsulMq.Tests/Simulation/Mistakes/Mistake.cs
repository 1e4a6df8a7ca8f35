namespace ConsulMq.Tests.Simulation.Mistakes;

/// <summary>Mistakes that earlier forms of the protocol, or a careless change, would make. Each one put back has to be found, or the checks are worth nothing.</summary>
public enum Mistake
{
    None,

    /// <summary>Taking with <c>delete-cas</c>, which succeeds for a key that is gone.</summary>
    TakeWithDeleteCas,

    /// <summary>Deleting a whole entry of several messages without a check that nobody has begun a cursor for it.</summary>
    DeleteWithoutCursorCheck,

    /// <summary>A touch of the head that repeats its value: Consul ignores it, and stale views stay valid.</summary>
    TouchThatRepeats,

    /// <summary>A receipt that is set instead of compared: what comes late commits a second time.</summary>
    ReceiptSet,

    /// <summary>Pushing without a check on the tail: messages land in pages that are behind the head.</summary>
    PushWithoutTailCheck,

    /// <summary>Claiming without a check on the head: what was put in front is overtaken.</summary>
    ClaimWithoutHeadCheck,

    /// <summary>Taking an entry for gone when only its cursor has moved: the rest of it is passed over.</summary>
    DropEntryWhoseCursorLost,

    /// <summary>Judging whether a page is sealed by a tail of another moment than the page's.</summary>
    SealByAnotherSnapshot,

    /// <summary>Moving what is due without a check that it is still there: whoever comes second brings it in again.</summary>
    MoveWithoutCheck,

    /// <summary>A signal of those who schedule that repeats its value: Consul ignores it, and nobody learns of what is due earlier.</summary>
    SignalThatRepeats,

    /// <summary>Collecting receipts that are in use: what was fenced off commits after all.</summary>
    CollectReceiptsInUse,

    /// <summary>Settling without looking what of the lease is already settled.</summary>
    SettleWithoutCursor,

    /// <summary>Settling without a check that the lease is still the same one.</summary>
    SettleWithoutLease,

    /// <summary>Reaping without looking whether the session lives.</summary>
    ReapTheLiving,

    /// <summary>Listing the leases of an ended session by what was there some time before.</summary>
    ReapByAnOldList,

    /// <summary>Leasing without a lock where there is no session any more that could hold it: one that is gone can claim.</summary>
    LeaseWithoutLock,

    /// <summary>Taking any fence in a receipt for the fence of this operation.</summary>
    AnyOlderFence,

    /// <summary>Pushing to the front, or putting back, without a touch of the head: who has a view does not see it.</summary>
    InsertWithoutTouch,

    /// <summary>Pushing to the front at ranks that are the same every time.</summary>
    FrontWithoutHead,

    /// <summary>Pushing into a queue with a most depth without writing the tail: two producers count on the same room.</summary>
    PushWithoutWritingTheTail,

    /// <summary>Taking note of a deduplication ID without a check that nobody has.</summary>
    NoteIdWithoutCheck,

    /// <summary>Taking what was chosen without a check that it is still there.</summary>
    PickWithoutCheck,
}
