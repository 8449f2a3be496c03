package dev.switchboard.example.concierge;

/**
 * What a tenant gets.
 *
 * @param specialist who answered
 * @param reply what the specialist said
 * @param fresh whether the specialist was given the context again, knowing nothing yet
 * @param session a salted hash that tells conversations apart, never the id
 * @param attempts how many attempts it took
 * @param simplified whether the specialist was asked in fewer words, after a failure
 */
record Answer(
    String specialist,
    String reply,
    boolean fresh,
    String session,
    int attempts,
    boolean simplified) {}
