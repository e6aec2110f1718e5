// Labels a photo by a LiteRT file, through LiteRT's C interface.
//
//     ./label_photo weights.tflite street.ppm labels.pgm
//
// The photo is a PPM file of 8 bits (P6) of the size that the .tflite file
// takes, 320x240 pixels for weights.tflite. The value of a pixel of labels.pgm
// is the number of its class. The fraction of each class is printed.

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#if __has_include("litert/c/litert_compiled_model.h")
#include "litert/c/litert_compiled_model.h"
#include "litert/c/litert_environment.h"
#include "litert/c/litert_model.h"
#include "litert/c/litert_options.h"
#include "litert/c/litert_tensor_buffer.h"
#else
#include "litert_c_api.h"
#endif

using Bytes = std::vector<uint8_t>;

struct Picture {
  int width = 0, height = 0;
  Bytes values;
};

void check(LiteRtStatus status, const std::string& what) {
  if (status != kLiteRtStatusOk)
    throw std::runtime_error(what + " (LiteRT's status " +
                             std::to_string(status) + ")");
}

// An object of LiteRT that is destroyed at the end of its scope.
template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

Bytes read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("there is no file " + path);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

Picture read_ppm(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string kind;
  int largest = 0;
  Picture photo;
  file >> kind >> photo.width >> photo.height >> largest;
  file.get();  // One space before the pixels.
  if (!file || kind != "P6" || largest != 255 || photo.width < 1 ||
      photo.height < 1 || photo.width > 10000 || photo.height > 10000)
    throw std::runtime_error(path + " is no PPM file (P6) of 8 bits");
  photo.values.resize(size_t{3} * photo.width * photo.height);
  if (!file.read(reinterpret_cast<char*>(photo.values.data()),
                 photo.values.size()))
    throw std::runtime_error(path + " ends too early");
  return photo;
}

// Lines such as "sky #87ceeb": a ZIP archive, not compressed, follows the
// network in its file.
std::vector<std::string> read_classes(const Bytes& file) {
  const std::string name = "classes.txt", text(file.begin(), file.end());
  for (size_t at = text.find(name); at != std::string::npos;
       at = text.find(name, at + 1)) {
    if (at < 30 || text.compare(at - 30, 4, "PK\3\4") != 0) continue;
    uint32_t size = 0;
    for (int byte = 3; byte >= 0; byte--)
      size = size << 8 | file[at - 30 + 18 + byte];
    std::istringstream lines(text.substr(at + name.size(), size));
    std::vector<std::string> names;
    for (std::string line; std::getline(lines, line);)
      names.push_back(line.substr(0, line.rfind(" #")));
    return names;
  }
  throw std::runtime_error("the .tflite file names no classes");
}

Owned<LiteRtTensorBufferT> make_buffer(LiteRtEnvironment environment,
                                       const LiteRtLayout& layout,
                                       LiteRtTensorBufferRequirements needs) {
  const LiteRtRankedTensorType type = {kLiteRtElementTypeUInt8, layout};
  LiteRtTensorBuffer buffer = nullptr;
  check(LiteRtCreateManagedTensorBufferFromRequirements(environment, &type,
                                                        needs, &buffer),
        "no memory for photo or labels");
  return {buffer, LiteRtDestroyTensorBuffer};
}

// Copies pixels into a buffer, or out of it.
void copy(LiteRtTensorBuffer buffer, Bytes& values, bool in) {
  void* memory = nullptr;
  check(LiteRtLockTensorBuffer(buffer, &memory,
                               in ? kLiteRtTensorBufferLockModeWrite
                                  : kLiteRtTensorBufferLockModeRead),
        "memory cannot be used");
  std::memcpy(in ? memory : values.data(), in ? values.data() : memory,
              values.size());
  LiteRtUnlockTensorBuffer(buffer);
}

Picture label(const std::string& path, Picture& photo) {
  LiteRtEnvironment environment = nullptr;
  check(LiteRtCreateEnvironment(0, nullptr, &environment), "LiteRT fails");
  Owned<LiteRtEnvironmentT> environment_owner(environment,
                                              LiteRtDestroyEnvironment);
  LiteRtModel model = nullptr;
  check(LiteRtCreateModelFromFile(environment, path.c_str(), &model),
        path + " is no LiteRT file");
  Owned<LiteRtModelT> model_owner(model, LiteRtDestroyModel);
  LiteRtOptions options = nullptr;
  check(LiteRtCreateOptions(&options), "no options");
  Owned<std::remove_pointer_t<LiteRtOptions>> options_owner(
      options, LiteRtDestroyOptions);
  LiteRtSetOptionsHardwareAccelerators(options, kLiteRtHwAcceleratorCpu);
  LiteRtCompiledModel compiled = nullptr;
  check(LiteRtCreateCompiledModel(environment, model, options, &compiled),
        path + " does not run");
  Owned<LiteRtCompiledModelT> compiled_owner(compiled,
                                             LiteRtDestroyCompiledModel);

  LiteRtLayout takes, gives;
  check(LiteRtGetCompiledModelInputTensorLayout(compiled, 0, 0, &takes),
        path + " takes no photo");
  if (takes.dimensions[1] < 2 && takes.dimensions[2] < 2)
    throw std::runtime_error(
        path + " takes photos of any size: give a file for photos of one size");
  const int shape[] = {1, photo.height, photo.width, 3};
  if (takes.rank != 4 || std::memcmp(takes.dimensions, shape, sizeof shape))
    throw std::runtime_error(path + " takes photos of " +
                             std::to_string(takes.dimensions[2]) + "x" +
                             std::to_string(takes.dimensions[1]) +
                             " pixels: scale the photo");
  check(LiteRtGetCompiledModelOutputTensorLayouts(compiled, 0, 1, &gives, true),
        path + " gives nothing");
  if (gives.rank != 3 || gives.dimensions[1] != photo.height ||
      gives.dimensions[2] != photo.width)
    throw std::runtime_error(path + " gives no labels of photos of one size");

  LiteRtTensorBufferRequirements needs = nullptr;
  LiteRtGetCompiledModelInputBufferRequirements(compiled, 0, 0, &needs);
  auto input = make_buffer(environment, takes, needs);
  LiteRtGetCompiledModelOutputBufferRequirements(compiled, 0, 0, &needs);
  auto output = make_buffer(environment, gives, needs);
  copy(input.get(), photo.values, true);
  LiteRtTensorBuffer inputs[] = {input.get()}, outputs[] = {output.get()};
  check(LiteRtRunCompiledModel(compiled, 0, 1, inputs, 1, outputs),
        path + " fails");
  Picture labels{photo.width, photo.height,
                 Bytes(size_t{1} * photo.width * photo.height)};
  copy(output.get(), labels.values, false);
  return labels;
}

void write_pgm(const std::string& path, const Picture& labels) {
  std::ofstream file(path, std::ios::binary);
  file << "P5\n" << labels.width << " " << labels.height << "\n255\n";
  file.write(reinterpret_cast<const char*>(labels.values.data()),
             labels.values.size());
  if (!file.flush()) throw std::runtime_error(path + " cannot be written");
}

int main(int count, char** arguments) {
  if (count != 4) {
    std::cerr << "usage: label_photo MODEL.tflite PHOTO.ppm LABELS.pgm\n";
    return 2;
  }
  try {
    Picture photo = read_ppm(arguments[2]);
    const auto names = read_classes(read_file(arguments[1]));
    const Picture labels = label(arguments[1], photo);
    std::vector<size_t> pixels(256);
    for (uint8_t value : labels.values) pixels[value]++;
    for (size_t index = 0; index < names.size(); index++)
      std::printf("%s: %.1f %%\n", names[index].c_str(),
                  100.0 * pixels[index] / labels.values.size());
    write_pgm(arguments[3], labels);
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 1;
  }
}
