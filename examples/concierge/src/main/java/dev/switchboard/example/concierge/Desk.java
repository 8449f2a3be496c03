package dev.switchboard.example.concierge;

/** Puts questions to one specialist; the bean's name is the specialist's. */
interface Desk {

  Answer ask(String tenant, String message);
}
