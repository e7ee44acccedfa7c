package io.github.threadfast.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.threadfast.ReadMostlyMap;
import io.github.threadfast.WorkerPool;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class WorkerPoolExamples {

  @Test
  void index() throws InterruptedException {
    List<String> words = List.of("one", "two", "three");
    ReadMostlyMap<String, Integer> index = new ReadMostlyMap<>();

    // @start region="index"
    try (var pool =
        WorkerPool.<String>of(word -> index.put(word, word.length()))
            .name("index")
            .workers(4)
            .capacity(1024)
            .start()) {
      for (String word : words) {
        pool.submit(word); // waits while 1024 others do
      }
    } // all that was accepted is done, and the workers have ended
    // @end

    assertEquals(Map.of("one", 3, "two", 3, "three", 5), index);
  }

  @Test
  void sentinel() throws InterruptedException {
    Queue<String> handled = new ConcurrentLinkedQueue<>();
    List<String> lines = List.of("a", "b", ".");

    // @start region="sentinel"
    var pool = WorkerPool.<String>of(handled::add).sentinel(".").start();
    pool.submitAll(lines); // the line "." finishes the pool
    pool.awaitFinished();
    // @end

    assertEquals(Set.of("a", "b"), Set.copyOf(handled));
    assertEquals(2, pool.report().completed());
  }

  @Test
  void producers() throws InterruptedException {
    Set<String> handled = ConcurrentHashMap.newKeySet();

    // @start region="producers"
    var pool = WorkerPool.<String>of(handled::add).start();
    var north = pool.producer(); // both, before the first is closed
    var south = pool.producer();
    new Thread(() -> produce(north, "n")).start();
    new Thread(() -> produce(south, "s")).start();
    pool.awaitFinished(); // when both producers are closed, and all is done
    // @end

    assertEquals(Set.of("n1", "n2", "s1", "s2"), handled);
  }

  // @start region="produce"
  private static void produce(WorkerPool.Producer<String> producer, String from) {
    try (producer) {
      producer.submit(from + 1);
      producer.submit(from + 2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // what was accepted is done all the same
    }
  }

  // @end

  private static final Map<String, List<String>> LINKS =
      Map.of("/", List.of("/a", "/b"), "/a", List.of("/b", "/c"), "/b", List.of(), "/c", List.of());

  // @start region="crawl"
  private static Set<String> crawl(String start) throws InterruptedException {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    class Crawler {
      private final WorkerPool<String> pages = WorkerPool.of(this::visit).capacity(10).start();

      void visit(String page) throws InterruptedException {
        for (String link : LINKS.getOrDefault(page, List.of())) {
          if (seen.add(link)) {
            pages.submit(link); // if there is no room, it is visited right here
          }
        }
      }
    }
    seen.add(start);
    Crawler crawler = new Crawler();
    try (WorkerPool<String> pages = crawler.pages) {
      pages.submit(start);
      pages.awaitIdle(); // until no page waits, nor is visited
    }
    return seen;
  }

  // @end

  @Test
  void aCrawl_visitsEachPage() throws InterruptedException {
    assertEquals(Set.of("/", "/a", "/b", "/c"), crawl("/"));
  }
}
