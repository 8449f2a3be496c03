package dev.switchboard.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The properties that the metadata on the class path knows. */
final class Settings {

  private static final String METADATA = "META-INF/spring-configuration-metadata.json";
  private static final Pattern VALUE_TYPE = Pattern.compile("([\\w.$]+)>+$");
  private static final Map<String, String> OURS = ours();
  private static final Map<String, String> TYPES = types();

  private Settings() {}

  /** This library's properties with their defaults; keys of maps are {@code *}. */
  static Map<String, String> own() {
    return OURS;
  }

  /** Whether an application may set it; what is of others than this library and Boot may be. */
  static boolean exists(String key) {
    String name = key.replaceAll("\\[\\d+]$", "");
    if (name.startsWith("switchboard.")) {
      return OURS.keySet().stream().anyMatch(known -> name.matches(pattern(known)));
    }
    return !(name.startsWith("spring.") || name.startsWith("server."))
        || TYPES.containsKey(name)
        || TYPES.entrySet().stream()
            .anyMatch(
                known ->
                    known.getValue().startsWith("java.util.Map<")
                        && name.startsWith(known.getKey() + "."));
  }

  /** Whether it is a property or a group of some. */
  static boolean begins(String name) {
    String prefix = name.replaceAll("<[^>]+>", "x");
    return exists(prefix)
        || OURS.keySet().stream().anyMatch(known -> known.replace("*", "x").startsWith(prefix));
  }

  /** Whether a second word, as {@code session} in {@code switchboard.session}, is a setting's. */
  static boolean isGroup(String word) {
    return OURS.keySet().stream().anyMatch(known -> known.startsWith("switchboard." + word));
  }

  private static String pattern(String known) {
    return known.replace(".", "\\.").replace("*", ".+");
  }

  private static Map<String, String> ours() {
    Map<String, String> properties = new TreeMap<>();
    for (JsonNode property :
        properties(
            Objects.requireNonNull(SwitchboardProperties.class.getResource("/" + METADATA)))) {
      String name = property.get("name").asString();
      String type = property.get("type").asString();
      Matcher value = VALUE_TYPE.matcher(type);
      if (type.startsWith("java.util.Map<") && value.find()) {
        addComponents(properties, name + ".*", type(value.group(1)));
      } else {
        properties.put(name, property.path("defaultValue").asString(""));
      }
    }
    return properties;
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void addComponents(Map<String, String> properties, String prefix, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
      if (component.getType().isRecord()) {
        addComponents(properties, name, component.getType());
      } else {
        properties.put(name, "");
      }
    }
  }

  private static Map<String, String> types() {
    Map<String, String> types = new HashMap<>();
    try {
      for (URL metadata :
          Collections.list(Settings.class.getClassLoader().getResources(METADATA))) {
        properties(metadata)
            .forEach(
                property ->
                    types.put(property.get("name").asString(), property.path("type").asString("")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return types;
  }

  private static Iterable<JsonNode> properties(URL metadata) {
    try (InputStream json = metadata.openStream()) {
      return new JsonMapper().readTree(json).get("properties").values();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
