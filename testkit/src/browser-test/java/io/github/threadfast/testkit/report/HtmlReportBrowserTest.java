package io.github.threadfast.testkit.report;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.opentest4j.TestAbortedException;

/** The page as a browser shows it. */
@Timeout(120)
class HtmlReportBrowserTest {
  private static final List<Path> BROWSERS =
      List.of(Path.of("/usr/bin/chromium"), Path.of("/usr/bin/google-chrome"));
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  /** Warns that it has no classes for the commands of just this browser, which need none. */
  private static final Logger DEVTOOLS = Logger.getLogger("org.openqa.selenium.devtools");

  private static ChromeDriver browser;

  @TempDir Path folder;

  @BeforeAll
  static void start(@TempDir Path profile) {
    Optional<Path> binary = BROWSERS.stream().filter(Files::isExecutable).findFirst();
    if (binary.isEmpty() || !Files.isExecutable(DRIVER)) {
      String message =
          "The page was not tried in a browser: it takes %s and one of %s."
              .formatted(DRIVER, BROWSERS);
      System.err.println(message);
      throw new TestAbortedException(message);
    }
    DEVTOOLS.setLevel(Level.SEVERE);
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(),
            options(binary.get(), profile));
  }

  private static ChromeOptions options(Path binary, Path profile) {
    LoggingPreferences everything = new LoggingPreferences();
    everything.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(binary.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--user-data-dir=" + profile);
    options.setCapability(ChromeOptions.LOGGING_PREFS, everything);
    return options;
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.quit();
    }
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of("a lost update", Failures.lostUpdate()),
        Arguments.of("an order in time", Failures.orderInTime()),
        Arguments.of("many threads", Failures.crowd()),
        Arguments.of("an exception", Failures.thrown(new IllegalStateException("closed"))),
        Arguments.of("HTML", Failures.hostile(Failures.HOSTILE)),
        Arguments.of("long words", Failures.hostile("x".repeat(2_000))));
  }

  @Test
  void title_isTheHeadline() throws IOException {
    open(Failures.lostUpdate());

    assertEquals(
        "Counter is not linearizable: no order of these calls gives these results.",
        browser.getTitle());
  }

  @Test
  void partsOfThePage_haveTheRolesAndNamesThatAScreenReaderSays() throws IOException {
    open(Failures.orderInTime());

    assertAll(
        () -> assertEquals("main ", spoken("main")),
        () -> assertEquals("region What was called", spoken("section:nth-of-type(1)")),
        () -> assertEquals("region Why", spoken("section:nth-of-type(2)")),
        () -> assertEquals("region What was thrown", spoken("section:nth-of-type(3)")),
        () -> assertEquals("region The search", spoken("section:nth-of-type(4)")),
        () -> assertEquals("table In the threads", spoken("table")),
        () -> assertEquals("columnheader thread B", spoken("th:nth-child(2)")),
        () -> assertEquals("cell size() -> 1", spoken("tr:nth-child(2) td")),
        () -> assertEquals("region In the threads", spoken(".wide")),
        () -> assertEquals("list Order 1", spoken("#order-1 + ol")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void anyPage_asksForNothingAndRunsNothing(String name, Failure<Object> failure)
      throws IOException {
    open(failure);

    assertAll(
        () -> assertEquals(List.of(), complaints()),
        () -> assertEquals(0L, run("return performance.getEntriesByType('resource').length")),
        () -> assertEquals(0L, run("return document.scripts.length + document.images.length")),
        () -> assertNotEquals("run", browser.getTitle()));
  }

  @Test
  void anImageOrScript_ifOneGotIn_wouldBeRefused() throws IOException {
    open(Failures.lostUpdate());
    String add =
        """
        const done = arguments[arguments.length - 1];
        document.addEventListener('securitypolicyviolation', e => done(e.effectiveDirective));
        document.body.append(Object.assign(document.createElement(arguments[0]), {src: 'x:y'}));
        """;

    assertEquals("img-src", browser.executeAsyncScript(add, "img"));
    assertEquals("script-src-elem", browser.executeAsyncScript(add, "script"));
    List<LogEntry> complaints = new ArrayList<>();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (complaints.size() < 2 && System.nanoTime() < deadline) {
      complaints.addAll(complaints()); // they come some time after the events
    }
    assertEquals(2, complaints.size());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void anyText_hasEnoughContrast_lightAndDark(String name, Failure<Object> failure)
      throws IOException {
    open(failure);

    prefer("light");
    assertEquals("rgb(255, 255, 255)", background());
    assertEquals(List.of(), run(TEXTS_WITH_LITTLE_CONTRAST), "light");
    prefer("dark");
    assertEquals("rgb(20, 23, 28)", background());
    assertEquals(List.of(), run(TEXTS_WITH_LITTLE_CONTRAST), "dark");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void anyPage_fitsASmallScreen(String name, Failure<Object> failure) throws IOException {
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
    try {
      open(failure);

      assertEquals(360L, run("return document.documentElement.scrollWidth"));
      assertTrue((long) run("return document.querySelector('td').offsetWidth") >= 144);
    } finally {
      browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }
  }

  private void open(Failure<Object> failure) throws IOException {
    browser.get("about:blank");
    complaints();
    Path page = folder.resolve("page.html");
    browser.get(Files.writeString(page, HtmlReport.of(failure)).toUri().toString());
  }

  /** Returns what the browser has written to its log since this was last asked. */
  private static List<LogEntry> complaints() {
    return browser.manage().logs().get(LogType.BROWSER).getAll();
  }

  private static String spoken(String selector) {
    WebElement element = browser.findElement(By.cssSelector(selector));
    return element.getAriaRole() + " " + element.getAccessibleName();
  }

  private static Object run(String script) {
    return browser.executeScript(script);
  }

  private static void prefer(String scheme) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  private static Object background() {
    return run("return getComputedStyle(document.body).backgroundColor");
  }

  /** By the formulas of WCAG 2.2; the colours of the page are opaque. */
  private static final String TEXTS_WITH_LITTLE_CONTRAST =
      """
      const luminance = color => {
        const [r, g, b] = color.match(/[\\d.]+/g).map(part => part / 255)
            .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const background = element => {
        const color = getComputedStyle(element).backgroundColor;
        return color === 'rgba(0, 0, 0, 0)' ? background(element.parentElement) : color;
      };
      const contrast = element => {
        const both = [getComputedStyle(element).color, background(element)].map(luminance);
        return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
      };
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const poor = [];
      while (texts.nextNode()) {
        const text = texts.currentNode;
        if (text.data.trim() && contrast(text.parentElement) < 7) {
          poor.push(text.data + ': ' + contrast(text.parentElement));
        }
      }
      return poor;
      """;
}
