package vitrine.identity;

/**
 * What a guest pressed before she was led to the sign-in. It is done for her as soon as she has signed in with that browser: who came
 * back to a button that looks as it did would have to press it a second time, and most take it for pressed.
 */
public interface Meant {

    /** The word under which a browser's session keeps it: no space in it. */
    String kind();

    /** @param what as it was given to {@link Sessions#mean}; what cannot be done any more is left undone */
    void done(CollectorId person, String what);
}
