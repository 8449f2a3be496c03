package dev.switchboard.benchmark;

import java.util.List;

/**
 * A question and where its answer is read.
 *
 * @param name what asks for it on the command line
 * @param source measures it
 * @param claims the lines of its answer
 */
record Question(String name, Source source, List<Claim> claims) {

  Question(String name, Source source, Claim... claims) {
    this(name, source, List.of(claims));
  }
}
