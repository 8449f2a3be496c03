package dev.switchboard.example.concierge.specialist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Where the specialists' conversations are between two runs, by the specialist's name. */
record ConversationFile(Path folder) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<Map<String, List<Agent.Remains>>> CONTENT =
      new TypeReference<>() {};

  /**
   * Reads the file and removes it. So a run that is killed loses its conversations: the next finds
   * sessions in Redis that no specialist knows, and reopens each at its next use.
   */
  Map<String, List<Agent.Remains>> take() {
    Path path = path();
    try {
      if (!Files.exists(path)) {
        return Map.of();
      }
      Map<String, List<Agent.Remains>> content = JSON.readValue(Files.readString(path), CONTENT);
      Files.delete(path);
      return content;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(Map<String, List<Agent.Remains>> content) {
    try {
      Files.createDirectories(folder);
      Path complete = folder.resolve("specialists.json.new");
      Files.writeString(complete, JSON.writeValueAsString(content));
      Files.move(complete, path(), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path path() {
    return folder.resolve("specialists.json");
  }
}
