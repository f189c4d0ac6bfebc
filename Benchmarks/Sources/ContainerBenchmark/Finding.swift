import Containers
import Timing

/// The milliseconds that it takes to find and pin the container of a reference: the median of up to 300 turns, fewer where
/// they would take longer than a second.
func finding(_ reference: String) -> Double {
    var times: [Double] = []
    let end = ContinuousClock.now + .seconds(1)
    while times.count < 300, times.count < 5 || .now < end {
        let time = ContinuousClock().measure {
            do {
                _ = try Containers.container(ContainerReference(reference))
            } catch {
                fatalError("\(error)")
            }
        }
        times.append(time.milliseconds)
    }
    return median(times)
}
