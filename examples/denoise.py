# The network that `npm run train` wrote, in PyTorch: it makes the same picture of the same noise.
import torch
from safetensors.torch import load_file

weights = load_file("denoise.safetensors")
noisy, denoised = weights.pop("noisy"), weights.pop("denoised")
network = torch.nn.Sequential(
    torch.nn.Conv2d(3, 24, kernel_size=3, stride=2, padding=1), torch.nn.ReLU(),
    torch.nn.Conv2d(24, 48, kernel_size=3, stride=2, padding=1), torch.nn.ReLU(),
    torch.nn.ConvTranspose2d(48, 24, kernel_size=4, stride=2, padding=1), torch.nn.ReLU(),
    torch.nn.ConvTranspose2d(24, 3, kernel_size=4, stride=2, padding=1))
network.load_state_dict(weights)
with torch.no_grad():
    picture = (255 * network(noisy[None] / 255)[0]).round().clamp(0, 255)
print("largest difference, where white is 255:", (picture - denoised).abs().max().item())
