/** What calls may rely on, however they are advised and whatever they return. */
@NullMarked
package dev.switchboard.behaviour;

import org.jspecify.annotations.NullMarked;
